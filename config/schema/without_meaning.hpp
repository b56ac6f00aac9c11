// Settings of the reference that say how it works inside, by databases, queues and workers that are
// not here, those of components that are not, and sources that are not read here: a file that has
// them is good, nothing follows from them, and each is a warning in the log. With the settings they
// are all the names of the reference.
#pragma once

#include <span>
#include <string_view>

namespace ff::config {

/// Names of settings and of groups of them, as in files.
std::span<const std::string_view> names_without_meaning();
/// Whether `key` is one of them, or in one of the groups.
bool has_no_meaning(std::string_view key);

}  // namespace ff::config
