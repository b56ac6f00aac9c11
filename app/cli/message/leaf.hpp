// Leaves: the places in a message that a flag can set or select, found by reflection, so that no
// flag is written down by hand. Not the flags' names on the command line; see request_flags.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace ff::cli {

/// What a leaf takes as text.
enum class LeafKind {
  text,     ///< A string, number, enum, bytes, time or duration.
  boolean,  ///< `true` without a value.
  list,     ///< Values separated by commas, or given again.
  map,      ///< `key=value`, separated by commas, or given again.
  json,     ///< A message, or a list of messages, as the API's JSON.
};

struct Leaf {
  std::string path;  ///< As in a field mask: `mac_settings.adr.mode.dynamic.margin`.
  std::vector<const google::protobuf::FieldDescriptor*> fields;  ///< From the root; not empty.
  LeafKind kind = LeafKind::text;

  const google::protobuf::FieldDescriptor& field() const { return *fields.back(); }
};

/// Messages below messages are followed this deep.
inline constexpr std::size_t leaf_depth_max = 12;

/// All leaves of `type`, in the order of its fields. A message that holds one value counts as that
/// value; field masks have no leaf.
std::vector<Leaf> leaves_of(const google::protobuf::Descriptor& type);

/// What a leaf takes, for help: `2006-01-02T15:04:05Z`, `MAC_V1_0_3|...`, `hex`.
std::string_view value_hint(const Leaf& leaf);

}  // namespace ff::cli
