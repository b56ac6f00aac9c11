// Settings of the reference that say how it works inside, by databases, queues and workers that are
// not here, and those of components that are not: a file that has them is good, and nothing follows
// from them. Not settings for something that a component here could do and does not: those are
// unknown.
#pragma once

#include <span>
#include <string_view>

namespace ff::config {

/// Names of settings and of groups of them, as in files.
std::span<const std::string_view> names_without_meaning();
/// Whether `key` is one of them, or in one of the groups.
bool has_no_meaning(std::string_view key);

}  // namespace ff::config
