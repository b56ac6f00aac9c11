// The schema: every setting the server reads, sorted by name. Documentation, checks and printing
// all read this table. Not the areas' rows; they are in the file named after the area.
#pragma once

#include <string_view>
#include <vector>

#include "config/schema/knob.hpp"

namespace ff::config {

/// Sorted by name; made once. No name is another's beginning up to a dot. Any thread.
const std::vector<Knob>& knobs();
/// Null if there is no such setting.
const Knob* find_knob(std::string_view name);

/// INTERNAL: the rows of each area; the registry in schema.cpp names them all.
std::vector<Knob> process_knobs();
std::vector<Knob> front_door_knobs();
std::vector<Knob> record_keeping_knobs();
std::vector<Knob> gateway_server_knobs();
std::vector<Knob> network_server_knobs();
std::vector<Knob> application_server_knobs();
std::vector<Knob> identity_server_knobs();
std::vector<Knob> account_knobs();
std::vector<Knob> device_repository_knobs();
std::vector<Knob> join_server_knobs();
std::vector<Knob> interop_knobs();

}  // namespace ff::config
