// The state as a JSON tree: each value is optional, so that a damaged one is as good as none and
// takes no other down with it. state_reader.cpp reads it, state_writer.cpp writes it.
#pragma once

#include "model/state.h"

#include <boost/json/object.hpp>
#include <boost/json/parse_options.hpp>

namespace bootcheck {

/// For what we have written ourselves: a path may hold any bytes.
boost::json::parse_options lenient();

boost::json::object hold_to_json(const Hold& hold);
Hold hold_from_json(const boost::json::object& object);

boost::json::object roll_to_json(const RollAsked& roll);
/// None: it does not say when.
std::optional<RollAsked> roll_from_json(const boost::json::object& object);

boost::json::object holds_to_json(const Holds& holds);
/// Those below the key `holds`.
Holds holds_from_json(const boost::json::object& root);

boost::json::object state_to_json(const State& state);

/// The schema number is not looked at.
State state_from_json(const boost::json::object& root);

}  // namespace bootcheck
