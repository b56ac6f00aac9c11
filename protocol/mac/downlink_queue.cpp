#include "protocol/mac/downlink_queue.hpp"

#include <algorithm>

namespace ff::mac {
namespace {

using Items = std::vector<DownlinkQueue::Item>;

std::shared_ptr<const Items> share(Items items) {
  return items.empty() ? nullptr : std::make_shared<const Items>(std::move(items));
}

}  // namespace

DownlinkQueue::DownlinkQueue(std::initializer_list<ApplicationDownlink> items) {
  Items list;
  list.reserve(items.size());
  for (const auto& item : items) list.push_back(std::make_shared<const ApplicationDownlink>(item));
  items_ = share(std::move(list));
}

std::span<const DownlinkQueue::Item> DownlinkQueue::items() const noexcept {
  return items_ ? std::span(*items_).subspan(first_) : std::span<const Item>();
}

std::vector<ApplicationDownlink> DownlinkQueue::to_vector() const {
  std::vector<ApplicationDownlink> out;
  out.reserve(size());
  for (const auto& item : items()) out.push_back(*item);
  return out;
}

void DownlinkQueue::push_back(ApplicationDownlink item) {
  append({std::make_shared<const ApplicationDownlink>(std::move(item))});
}

void DownlinkQueue::append(std::vector<Item> items) {
  if (items.empty()) return;
  const auto here = this->items();
  items.insert(items.begin(), here.begin(), here.end());
  items_ = share(std::move(items));
  first_ = 0;
}

void DownlinkQueue::pop_front() {
  ++first_;
  const auto left = items();
  if (left.empty()) return clear();
  // Those taken are let go of when they are more than those that wait: over all, a copy for each.
  if (first_ <= left.size()) return;
  items_ = share(Items(left.begin(), left.end()));
  first_ = 0;
}

void DownlinkQueue::clear() noexcept {
  items_.reset();
  first_ = 0;
}

bool DownlinkQueue::operator==(const DownlinkQueue& other) const {
  if (shares_all_with(other)) return true;
  return std::ranges::equal(items(), other.items(), [](const Item& one, const Item& another) {
    return one == another || *one == *another;
  });
}

}  // namespace ff::mac
