#include "actors/application_server/link/table.hpp"

namespace ff::application_server {

std::shared_ptr<Seats> LinkTable::find(const ApplicationId& application_id) const {
  const auto links = bucket_of(application_id).load();
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

LinkTable::Bucket& LinkTable::bucket_of(const ApplicationId& application_id) const {
  return cell_->buckets[std::hash<ApplicationId>{}(application_id) % bucket_count];
}

template <class Change>
void LinkTable::change(const ApplicationId& application_id, const Change& change) const {
  auto& bucket = bucket_of(application_id);
  const auto present = bucket.load();
  auto next = present ? std::make_shared<Links>(*present) : std::make_shared<Links>();
  change(*next);
  if (next->empty()) return bucket.store(nullptr);
  bucket.store(std::move(next));
}

std::shared_ptr<Seats> LinkTable::add(const ApplicationId& application_id) const {
  auto seats = std::make_shared<Seats>();
  change(application_id, [&](Links& links) { links.insert_or_assign(application_id, seats); });
  return seats;
}

void LinkTable::erase(const ApplicationId& application_id) const {
  change(application_id, [&](Links& links) { links.erase(application_id); });
}

void LinkTable::clear() const {
  for (auto& bucket : cell_->buckets) bucket.store(nullptr);
}

PublishUp publish_to(LinkTable table) {
  return [table = std::move(table)](const UpPublished& up) { table.publish(up); };
}

}  // namespace ff::application_server
