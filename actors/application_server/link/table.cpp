#include "actors/application_server/link/table.hpp"

namespace ff::application_server {

std::shared_ptr<Seats> LinkTable::find(const ApplicationId& application_id) const {
  const auto links = cell_->links.load();
  if (!links) return nullptr;
  const auto found = links->find(application_id);
  return found == links->end() ? nullptr : found->second;
}

bool LinkTable::contains(const ApplicationId& application_id) const {
  return find(application_id) != nullptr;
}

void LinkTable::publish(const UpPublished& up) const {
  const auto seats = find(up.application_id);
  if (!seats) return;
  const auto audience = seats->audience();
  if (!audience) return;
  for (const auto& [subscriber, probe] : audience->listeners) {
    if (subscriber->take_credit()) {
      probe.delivered.Increment();
      subscriber->deliver(up);
    } else if (!subscriber->defer(up)) {
      probe.dropped.Increment();
    }
  }
}

std::shared_ptr<LinkTable::Links> LinkTable::copy() const {
  const auto links = cell_->links.load();
  return links ? std::make_shared<Links>(*links) : std::make_shared<Links>();
}

std::shared_ptr<Seats> LinkTable::add(const ApplicationId& application_id) const {
  auto seats = std::make_shared<Seats>();
  auto next = copy();
  next->insert_or_assign(application_id, seats);
  cell_->links.store(std::move(next));
  return seats;
}

void LinkTable::erase(const ApplicationId& application_id) const {
  auto next = copy();
  next->erase(application_id);
  cell_->links.store(std::move(next));
}

PublishUp publish_to(LinkTable table) {
  return [table = std::move(table)](const UpPublished& up) { table.publish(up); };
}

}  // namespace ff::application_server
