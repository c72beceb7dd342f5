// How often each kind of weather, state of a worker, step and event has occurred.
#pragma once

#include "model/event.h"
#include "model/plan.h"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace bootcheck::sim {

class Coverage {
 public:
  void count(const std::string& group, std::string_view name) {
    ++counts_[group][std::string(name)];
  }
  /// The states and steps of a plan, and what has come of it.
  void count(const Plan& plan, const std::vector<Event>& events);
  void add(const Coverage& other);
  /// One line a name, for another process to unpack; whether it could.
  std::string packed() const;
  bool unpack(std::istream& lines);

  std::uint64_t of(const std::string& group, const std::string& name) const;
  std::string table() const;
  /// What has to occur and has not.
  std::vector<std::string> missing() const;

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> counts_;
};

}  // namespace bootcheck::sim
