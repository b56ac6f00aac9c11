#include "app/cli/message/local_file.hpp"

#include <google/protobuf/descriptor.h>

#include <fstream>
#include <iterator>

#include "protocol/base/base64.hpp"

namespace ff::cli {

using google::protobuf::FieldDescriptor;

bool may_be_file(const Leaf& leaf) {
  const auto& field = leaf.field();
  if (leaf.kind == LeafKind::json) return field.name() == "vectors";
  if (leaf.kind != LeafKind::text || field.message_type() != nullptr) return false;
  const bool is_script = field.type() == FieldDescriptor::TYPE_STRING &&
                         (field.name() == "parameter" || field.name().ends_with("_parameter"));
  const bool is_picture = field.type() == FieldDescriptor::TYPE_BYTES && field.name() == "data";
  return is_script || is_picture;
}

Result<std::string> read_local_file(const Leaf& leaf, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(unreadable_local_file, {{"path", path}});
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return leaf.field().type() == FieldDescriptor::TYPE_BYTES ? base64_encode(as_bytes(text)) : text;
}

}  // namespace ff::cli
