// What a configuration may say of the transient units that its workers run in: `unit:`. root has
// systemd make them for whoever wrote the configuration. So a property is accepted only if it takes
// something away from who has it: nothing that runs, opens, or changes whom it runs as, and no
// value by which a user gets more of the machine than any service has. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace bootcheck {

/// By their names in systemd.resource-control(5) and systemd.exec(5).
using UnitProperties = std::map<std::string, std::string>;

/// The names that are accepted, in the order of the manual.
std::span<const std::string_view> unit_property_names();

/// What is accepted as the value of one: `a number from 0 to 19`; empty: there is no such name.
std::string_view values_of_unit_property(std::string_view name);

/// Whether one is accepted with this value.
bool is_unit_property(std::string_view name, std::string_view value);

}  // namespace bootcheck
