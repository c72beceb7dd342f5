// Gemfile.lock, as far as it concerns workers. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace bootcheck {

/// The gems that a Gemfile.lock has settled on, and their versions.
std::map<std::string, std::string> gems_in(std::string_view gemfile_lock);

/// Whether one version is older than another: `1.1.0` than `1.2`.
bool is_older(std::string_view version, std::string_view than);

}  // namespace bootcheck
