#include "app/api/services/base/context.hpp"

#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {

void ServiceContext::require(const std::shared_ptr<const Call>& call,
                             const storage::EntityKey& entity, RightSet needed,
                             std::function<void(Status)> then) const {
  if (needed.empty()) return then({});
  auto answered = [call, entity, needed = std::move(needed),
                   then = std::move(then)](Result<RightSet> held) {
    if (!held) return then(fail(std::move(held).error()));
    then(check_rights(entity, needed, *held));
  };
  rights(*call, entity, asker.within_deadline<RightSet>("IDENTITY_SERVER", std::move(answered)));
}

storage::EntityKey application_key(const std::string& application_id) {
  return {storage::EntityKind::application, {application_id}};
}
storage::EntityKey gateway_key(const std::string& gateway_id) {
  return {storage::EntityKind::gateway, {gateway_id}};
}
storage::EntityKey device_key(const std::string& application_id, const std::string& device_id) {
  return {storage::EntityKind::end_device, {application_id, device_id}};
}

Paths paths_of(const google::protobuf::FieldMask& mask) {
  return {mask.paths().begin(), mask.paths().end()};
}

Paths answer_paths(const google::protobuf::FieldMask& mask) {
  auto paths = paths_of(mask);
  for (const char* path : {"ids", "created_at", "updated_at"}) paths.emplace_back(path);
  return paths;
}

Paths change_paths(const google::protobuf::FieldMask& mask) {
  auto paths = paths_of(mask);
  std::erase_if(paths, [](const std::string& path) {
    return path == "ids" || path.starts_with("ids.") || path == "created_at" ||
           path == "updated_at" || path == "deleted_at";
  });
  return paths;
}

void keep_only(const Paths& paths, google::protobuf::Message& message) {
  ignore(field_mask::keep(paths, message), "paths are validated before a handler runs");
}

}  // namespace ff::api
