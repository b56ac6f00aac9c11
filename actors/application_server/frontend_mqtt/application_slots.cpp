#include "actors/application_server/frontend_mqtt/application_slots.hpp"

namespace ff::application_server {

Result<std::shared_ptr<void>> ApplicationSlots::take(const ApplicationId& application_id) {
  {
    const std::lock_guard lock(mutex_);
    auto& taken = taken_[application_id];
    if (max_ > 0 && taken >= max_) return fail(too_many_clients, {{"max", max_}});
    ++taken;
  }
  return std::shared_ptr<void>(
      this, [self = shared_from_this(), application_id](void*) { self->release(application_id); });
}

void ApplicationSlots::release(const ApplicationId& application_id) {
  const std::lock_guard lock(mutex_);
  const auto found = taken_.find(application_id);
  if (found != taken_.end() && --found->second == 0) taken_.erase(found);
}

}  // namespace ff::application_server
