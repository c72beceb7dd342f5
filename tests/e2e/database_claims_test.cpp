// A dead worker's job is handed back once, whoever else is at it.
#include "e2e/on_database.h"
#include "support/places.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

constexpr const char* kDead = "delayed_job.1 host:here pid:77";

/// The hand-back alone, as the starter runs it.
class Claims : public OnDatabase {
 protected:
  std::vector<std::string> hand_back() const {
    std::vector<std::string> argv = {"ruby", "-rjson", "-r./config/environment"};
    for (const char* part : {"recovery", "recovery_rows", "recovery_claim"})
      argv.push_back(fmt::format("-r{}/src/delayed_job/{}.rb", source_dir().native(), part));
    argv.insert(argv.end(), {"-e",
                             "Bootcheck::Recovery.new { |line| puts line }.run("
                             "[{ 'worker' => 'delayed_job.1', 'pid' => 77, 'host' => 'here' }])"});
    return argv;
  }
  RunOptions in_app() const { return {.directory = app_.root(), .env = {}}; }
};

TEST_P(Claims, OfTwoAtOnceHandEachJobBackOnce) {
  enqueue_for_later("sleep", 40);
  own(kDead, "1 = 1");
  Background one(hand_back(), in_app());
  Background other(hand_back(), in_app());
  EXPECT_EQ(one.wait(), 0) << one.err();
  EXPECT_EQ(other.wait(), 0) << other.err();
  EXPECT_EQ(locked_jobs(), 0U) << one.out() << other.out();
  for (const auto& job : app_.jobs())
    EXPECT_EQ(job.at("attempts").as_int64(), 1);
  EXPECT_EQ(app_.hooks().size(), 40U) << "not even the hooks are called twice";
}

TEST_P(Claims, OfSomebodyWhoDiedOverThemStandForAMinute) {
  enqueue_for_later("sleep", 2);
  const auto claim = std::string("bootcheck pid:1 for ") + kDead;
  own(claim, "id = 1", "'2020-01-01 00:00:00'");
  own(claim, "id = 2");
  const auto finished = run(hand_back(), in_app());
  EXPECT_THAT(finished.out, HasSubstr("recovered job 1 of delayed_job.1 (pid 77)"));
  EXPECT_THAT(finished.out, HasSubstr("could not recover job 2 of delayed_job.1 (pid 77)"));
  const auto jobs = app_.jobs();
  EXPECT_EQ(jobs.at(0).at("attempts").as_int64(), 1);
  EXPECT_EQ(jobs.at(1).at("attempts").as_int64(), 0);
  EXPECT_EQ(jobs.at(1).at("locked_by").as_string(), claim);
}

TEST_P(Claims, AreGivenUpWhenAWorkerTakesTheJobMeanwhile) {
  enqueue_for_later("stolen");
  own(kDead, "1 = 1");
  EXPECT_THAT(run(hand_back(), in_app()).out, HasSubstr("done with delayed_job.1 (pid 77)"));
  const auto job = app_.jobs().front();
  EXPECT_EQ(job.at("locked_by").as_string(), "somebody else");
  EXPECT_EQ(job.at("attempts").as_int64(), 0);
}

INSTANTIATE_TEST_SUITE_P(On, Claims, kDatabases, name_of_parameter);

}  // namespace
}  // namespace bootcheck::test
