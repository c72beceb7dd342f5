// The options of bin/delayed_job that concern a worker's identity.
#include "delayed_job/arguments.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

TEST(DelayedJobArgs, ThatConcernNobodysIdentityAreLeftAlone) {
  for (const Argv& args : {Argv{},
                           {"--queues=default,mailers"},
                           {"--queue", "reports", "--min-priority=10", "--max-priority", "20"},
                           {"--sleep-delay", "5", "--read-ahead=3", "-e", "production"},
                           {"--log-dir=log", "--daemon-options=a,b"},
                           {"--of-a-newer-version", "-Z"},
                           {"--newer", "value", "-Z", "v", "--"}}) {
    const auto found = read_delayed_job_args(args);
    EXPECT_EQ(found.mistake, "");
    EXPECT_EQ(found.prefix, "");
    EXPECT_EQ(found.pid_dir, "");
  }
}

TEST(DelayedJobArgs, ThePrefixIsFoundHoweverItIsSpelled) {
  for (const Argv& args : {Argv{"-p", "app"},
                           {"-papp"},
                           {"--prefix", "app"},
                           {"--prefix=app"},
                           {"--pre=app"},
                           {"--pr", "app"},
                           {"--PREFIX=app"},
                           {"--queue=x", "-p", "app", "--queue", "-n"}})
    EXPECT_EQ(read_delayed_job_args(args).prefix, "app") << args.front();
}

TEST(DelayedJobArgs, TheFolderOfPidFilesIsFoundHoweverItIsSpelled) {
  for (const Argv& args : {Argv{"--pid-dir", "/run/x"},
                           {"--pid-dir=/run/x"},
                           {"--pid=/run/x"},
                           {"-p", "--pid-dir=/no", "--pid-dir", "/run/x"},
                           {"--pid-dir=/other", "--pid-dir=/run/x"}})
    EXPECT_EQ(read_delayed_job_args(args).pid_dir, "/run/x") << args.front();
}

TEST(DelayedJobArgs, AWordThatIsAnotherOptionsValueIsNoOption) {
  const auto found =
      read_delayed_job_args({"--queue", "--prefix=x", "--log-dir", "-m", "-e", "stop"});
  EXPECT_EQ(found.prefix, "");
  EXPECT_EQ(found.mistake, "");
}

TEST(DelayedJobArgs, WhatBootcheckSaysItselfCannotStandThere) {
  const std::pair<Argv, const char*> rows[] = {
      {{"-n", "2"}, "`-n` cannot stand here: `count`"},
      {{"-n2"}, "`-n2` cannot stand here"},
      {{"--number_of_workers=2"}, "`--number_of_workers=2` cannot stand here"},
      {{"--number-of-workers", "2"}, "`--number-of-workers` cannot stand here"},
      {{"--Number_Of-workers", "2"}, "`--Number_Of-workers` cannot stand here"},
      {{"--num", "2"}, "`--num` cannot stand here"},
      {{"-i", "1"}, "`-i` cannot stand here: `identifiers` says it"},
      {{"--identifier=1"}, "`--identifier=1` cannot stand here"},
      {{"-mp", "app"}, "`-mp` cannot stand here"},
      {{"-m"}, "`-m` cannot stand here: its monitor"},
      {{"--monitor"}, "`--monitor` cannot stand here"},
      {{"--pool=a:1"}, "`--pool=a:1` cannot stand here"},
      {{"--exit-on-complete"}, "`--exit-on-complete` cannot stand here"},
      {{"start"}, "`start` cannot stand here"},
      {{"--queue=x", "stop"}, "`stop` cannot stand here"},
      {{"--queue", "x", "run"}, "`run` cannot stand here"},
  };
  for (const auto& [args, mistake] : rows)
    EXPECT_TRUE(read_delayed_job_args(args).mistake.starts_with(mistake))
        << args.front() << ": " << read_delayed_job_args(args).mistake;
}

TEST(DelayedJobArgs, AWordThatNothingTakesIsAMistake) {
  for (const Argv& args :
       {Argv{"mailers"}, {"--prefix=a", "b"}, {"-e", "x", "y"}, {"--newer", "a", "b"}, {""}, {"-"}})
    EXPECT_NE(read_delayed_job_args(args).mistake.find("` cannot stand here"), std::string::npos)
        << args.front();
}

// [--queues=default,mailers] is a list of two words in YAML.
TEST(DelayedJobArgs, NamesOfQueuesThatACommaSeparatedArePutTogetherAgain) {
  const std::pair<Argv, Argv> rows[] = {
      {{"--queues=default", "mailers"}, {"--queues=default,mailers"}},
      {{"--queue=a", "b", "c", "-p", "x"}, {"--queue=a,b,c", "-p", "x"}},
      {{"--queues", "a", "b"}, {"--queues", "a,b"}},
      {{"-p", "x", "y"}, {"-p", "x", "y"}},
      {{"--queue=a", "--log-dir=l", "b"}, {"--queue=a", "--log-dir=l", "b"}},
      {{"--queue=a", "stop"}, {"--queue=a", "stop"}},
      {{"--queue=a", "stop", "b"}, {"--queue=a", "stop", "b"}},
      {{"a", "b"}, {"a", "b"}},
      {{"--queue"}, {"--queue"}},
      {{}, {}},
  };
  for (const auto& [args, joined] : rows)
    EXPECT_EQ(join_lists(args), joined);
}

TEST(DelayedJobArgs, AValueThatIsMissingIsNotReadBeyondTheEnd) {
  for (const auto* option : {"-p", "--prefix", "--pid-dir", "--queue"}) {
    const auto found = read_delayed_job_args({option});
    EXPECT_EQ(found.prefix + found.pid_dir, "") << option;
  }
}

}  // namespace
}  // namespace bootcheck
