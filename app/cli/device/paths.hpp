// Which registry has which field of an end device: the methods' own lists of allowed paths. [spec
// cli §6] Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace ff::cli {

enum class Registry : std::uint8_t { identity, join, network, application };
inline constexpr std::size_t registry_count = 4;

/// Paths per registry, in the order of `Registry`.
using SplitPaths = std::array<std::vector<std::string>, registry_count>;

/// What may be written to, or read from, a registry. Sorted.
std::span<const std::string_view> writable_paths(Registry registry);
std::span<const std::string_view> readable_paths(Registry registry);

/// A path of several registries goes to all of them; identifiers and times of change are in every
/// registry anyway, and left out.
SplitPaths split_writable(std::span<const std::string> paths);
SplitPaths split_readable(std::span<const std::string> paths);

/// Those of `allowed` at or below one of `paths`, without those that are above another: fields of
/// an answer that may be merged without touching another registry's.
std::vector<std::string> leaf_paths(std::span<const std::string_view> allowed,
                                    std::span<const std::string> paths);

/// The paths of all that is set in a message; lists, maps, times and wrapped values are one.
std::vector<std::string> set_paths(const google::protobuf::Message& message);

}  // namespace ff::cli
