// Worlds in several processes, one a processor; each sends its report through a pipe when it ends.
#include "simulation/report.h"
#include "util/errors.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck::sim {
namespace {

/// A world takes a fraction of a second, and to shrink its story some hundred times as much.
constexpr unsigned kLongestWorld = 300;
constexpr std::chrono::seconds kBetweenNews{60};

struct Part {
  pid_t pid = 0;
  int output = -1;
  std::uint64_t* seed = nullptr;  ///< at which it is
};

std::string packed(const Report& report) {
  return fmt::format("{} {} {} {}\n{}{}", report.passes, report.worlds, report.failures,
                     report.failed.size(), report.failed, report.coverage.packed());
}

bool unpack(const std::string& text, Report& report) {
  std::istringstream in(text);
  std::size_t size = 0;
  in >> report.passes >> report.worlds >> report.failures >> size;
  if (!in || in.get() != '\n') return false;
  report.failed.resize(size);
  in.read(report.failed.data(), static_cast<std::streamsize>(size));
  return in && report.coverage.unpack(in);
}

void write_all(int output, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto count = ::write(output, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) std::abort();
    if (count > 0) done += static_cast<std::size_t>(count);
  }
}

[[noreturn]] void be_part(const Part& part, const Seeds& seeds, const Limits& limits) {
  auto news = std::chrono::steady_clock::now() + kBetweenNews;
  const auto report = run_worlds(seeds, limits, [&](std::uint64_t seed, const Report& so_far) {
    *part.seed = seed;
    ::alarm(kLongestWorld);
    if (std::chrono::steady_clock::now() < news) return;
    news += kBetweenNews;
    std::fputs(fmt::format("seed {}: {} passes, {} failed\n", seed, so_far.passes, so_far.failures)
                   .c_str(),
               stderr);
  });
  ::alarm(0);
  write_all(part.output, packed(report));
  ::_exit(0);
}

Part start_part(const Seeds& seeds, const Limits& limits, std::uint64_t* seed) {
  int ends[2];
  if (::pipe(ends) != 0) throw_error(errno, "cannot make a pipe");
  const Part part{.pid = ::fork(), .output = ends[1], .seed = seed};
  if (part.pid < 0) throw_error(errno, "cannot fork");
  if (part.pid == 0) be_part(part, seeds, limits);
  ::close(ends[1]);
  return {.pid = part.pid, .output = ends[0], .seed = seed};
}

std::string read_all(int input) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto count = ::read(input, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

Report report_of(const Part& part) {
  Report report;
  const auto text = read_all(part.output);
  ::close(part.output);
  int status = 0;
  while (::waitpid(part.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (unpack(text, report)) return report;
  report = {};
  report.failures = 1;
  report.failed = fmt::format("FAILED: {}\n  replay it: tests/simulation/run --replay {}\n",
                              WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
                                  ? "a world did not end"
                                  : fmt::format("the process ended with status {:#x}", status),
                              *part.seed);
  return report;
}

}  // namespace

Report run_worlds_side_by_side(std::uint64_t first_seed, int processes, const Limits& limits) {
  const auto count = static_cast<std::uint64_t>(processes);
  auto share = limits;
  share.passes = (limits.passes + count - 1) / count;
  auto* const seeds = static_cast<std::uint64_t*>(::mmap(nullptr, count * sizeof(std::uint64_t),
                                                         PROT_READ | PROT_WRITE,
                                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (seeds == MAP_FAILED) throw_error(errno, "cannot share memory");
  std::vector<Part> parts;
  for (std::uint64_t at = 0; at < count; ++at)
    parts.push_back(start_part({.first = first_seed + at, .stride = count}, share, seeds + at));
  Report report;
  for (const auto& part : parts)
    report.add(report_of(part));
  ::munmap(seeds, count * sizeof(std::uint64_t));
  return report;
}

}  // namespace bootcheck::sim
