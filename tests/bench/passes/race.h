// Commands compared with one another: they take turns, in another order each time, so that whatever
// else the machine does meets all of them.
#pragma once

#include "passes/process.h"

#include <string>
#include <vector>

namespace bootcheck::bench {

double median(std::vector<double> values);

class Race {
 public:
  /// A runner with `every` N takes part in each Nth round only: for what takes seconds.
  void add(const std::string& name, Command command, int every = 1);
  void run(int rounds);

  /// Median wall time in ms.
  double ms(const std::string& name) const;
  /// Of the fastest run: what it costs when nobody else wants the machine.
  double fastest_ms(const std::string& name) const;
  double ratio(const std::string& name, const std::string& reference) const {
    return ms(name) / ms(reference);
  }

 private:
  struct Runner;
  const Runner& find(const std::string& name) const;

  struct Runner {
    std::string name;
    Command command;
    int every = 1;
    std::vector<double> wall_ms;
  };
  std::vector<Runner> runners_;
};

}  // namespace bootcheck::bench
