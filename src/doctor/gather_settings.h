// What the application's own Ruby and YAML say, as far as lines can tell without running them.
#pragma once

#include "config/config.h"
#include "doctor/facts.h"
#include "system/machine.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck::doctor {

using LineTest = std::function<bool(std::string_view)>;

/// A line of a file, without its end.
struct TextLine {
  SourceLine source;
  std::string text;
};

/// The files that set up the application in its environment.
std::vector<Path> settings_of(const Config& config);

/// The lines that pass the test and are no comments.
std::vector<TextLine> find_lines(Machine& machine, const std::vector<Path>& files,
                                 const LineTest& test);

/// Whether there is such a line.
bool has_line(Machine& machine, const std::vector<Path>& files, const LineTest& test);

/// Where `raise_signal_exceptions` is set.
std::vector<SourceLine> look_for_raises(Machine& machine, const Config& config);

/// Whether the queue is on MySQL or MariaDB and delayed_job reserves jobs there as it does unless
/// told otherwise (delayed_job_active_record: reserve_with_scope_using_optimized_mysql). That locks
/// the index first and the row then, the deletion of a job that is done the other way round: the
/// server ends one of the two, and a job that was not deleted runs again.
bool reserves_with_deadlocks(Machine& machine, const Config& config);

}  // namespace bootcheck::doctor
