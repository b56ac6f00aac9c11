#include "protocol/field_mask/field_mask.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "protocol/field_mask/path_tree.hpp"

namespace ff::field_mask {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool is_set(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

// Fields are moved out of `source`, a copy that is thrown away afterwards: swapping is the one way
// of reflection to hand over a field of any kind.

void move_whole(Message& source, const FieldDescriptor& field, Message& destination) {
  destination.GetReflection()->ClearField(&destination, &field);
  if (is_set(source, field))
    destination.GetReflection()->SwapFields(&destination, &source, {&field});
}

void move_tree(Message& source, const PathTree& tree, Message& destination);

void move_field(Message& source, const FieldDescriptor& field, const PathTree& tree,
                Message& destination) {
  if (tree.whole()) {
    move_whole(source, field, destination);
    return;
  }
  if (!is_set(source, field) && !is_set(destination, field)) return;
  move_tree(*source.GetReflection()->MutableMessage(&source, &field), tree,
            *destination.GetReflection()->MutableMessage(&destination, &field));
}

void move_oneof(Message& source, const google::protobuf::OneofDescriptor& oneof,
                const PathTree& tree, Message& destination) {
  const auto* set = source.GetReflection()->GetOneofFieldDescriptor(source, &oneof);
  if (tree.whole()) {
    destination.GetReflection()->ClearOneof(&destination, &oneof);
    if (set != nullptr) move_whole(source, *set, destination);
    return;
  }
  for (const auto& [name, child] : tree.children()) {
    const auto* member = source.GetDescriptor()->FindFieldByName(name);
    if (set == nullptr || set == member) move_field(source, *member, child, destination);
  }
}

void move_tree(Message& source, const PathTree& tree, Message& destination) {
  const auto& type = *source.GetDescriptor();
  for (const auto& [name, child] : tree.children()) {
    if (const auto* field = type.FindFieldByName(name)) {
      move_field(source, *field, child, destination);
    } else if (const auto* oneof = type.FindOneofByName(name)) {
      move_oneof(source, *oneof, child, destination);
    }
  }
}

Status check(const Descriptor& type, std::span<const std::string> paths) {
  for (const auto& path : paths) {
    if (!is_known(type, path)) return fail(unknown_path, {{"path", path}});
  }
  return {};
}

/// What a step leads to: the message below it (null for a leaf), or a oneof of the same message.
struct Place {
  const Descriptor* message;
  const google::protobuf::OneofDescriptor* oneof;
};

/// Follows one step; false when it leads nowhere.
bool follow(Place& place, const std::string& step) {
  if (place.message == nullptr) return false;
  const auto* field = place.message->FindFieldByName(step);
  if (place.oneof != nullptr) {
    if (field == nullptr || field->containing_oneof() != place.oneof) return false;
  } else if (field == nullptr || field->real_containing_oneof() != nullptr) {
    // A member of a oneof is reached through the oneof's name.
    place.oneof = place.message->FindOneofByName(step);
    return place.oneof != nullptr;
  }
  place = {field->is_repeated() ? nullptr : field->message_type(), nullptr};
  return true;
}

}  // namespace

bool is_known(const Descriptor& type, std::string_view path) {
  Place place{&type, nullptr};
  for (int steps = 0; steps < steps_max; ++steps) {
    auto dot = path.find('.');
    if (!follow(place, std::string(path.substr(0, dot)))) return false;
    if (dot == std::string_view::npos) return true;
    path.remove_prefix(dot + 1);
  }
  return false;
}

Status copy(const Message& source, std::span<const std::string> paths, Message& destination) {
  FF_CHECK(check(*source.GetDescriptor(), paths));
  std::unique_ptr<Message> moved_from(source.New());
  moved_from->CopyFrom(source);
  move_tree(*moved_from, PathTree(paths), destination);
  return {};
}

Status keep(std::span<const std::string> paths, Message& message) {
  FF_CHECK(check(*message.GetDescriptor(), paths));
  std::unique_ptr<Message> kept(message.New());
  move_tree(message, PathTree(paths), *kept);
  message.GetReflection()->Swap(&message, kept.get());
  return {};
}

}  // namespace ff::field_mask
