#include "actors/network_server/profiles/spreads.hpp"

#include <algorithm>
#include <utility>

namespace ff::network_server {

std::uint64_t ProfileUses::begin(ProfileKey key, SettingsPtr settings) {
  uses_.emplace(++last_, Use{std::move(key), std::move(settings)});
  return last_;
}

std::size_t ProfileUses::count(const ProfileKey& key) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(uses_, [&](const auto& use) { return use.second.key == key; }));
}

bool ProfileUses::has_other(const ProfileKey& key, const mac::MacSettings& settings) const {
  return std::ranges::any_of(uses_, [&](const auto& use) {
    return use.second.key == key && *use.second.settings != settings;
  });
}

void Spreads::begin(const ProfileKey& key) {
  Spread spread;
  spread.number = ++last_;
  spreads_[key] = std::move(spread);
}

std::vector<ProfileKey> Spreads::due(MonoTime now) const {
  std::vector<ProfileKey> keys;
  if (page_) return keys;
  for (const auto& [key, spread] : spreads_) {
    if (!spread.done && spread.not_before.value_or(now) <= now) keys.push_back(key);
  }
  return keys;
}

void Spreads::telling(const ProfileKey& key, Bytes next) {
  auto& spread = spreads_.at(key);
  spread.not_before.reset();
  page_ = Page{key, spread.number, std::move(next)};
}

std::optional<ProfileKey> Spreads::told(bool failed, MonoTime retry_at) {
  if (!page_) return std::nullopt;
  auto page = *std::exchange(page_, std::nullopt);
  const auto found = spreads_.find(page.key);
  // Changed again meanwhile: from the first device on.
  if (found == spreads_.end() || found->second.number != page.number) return std::nullopt;
  auto& spread = found->second;
  spread.failed = spread.failed || failed;
  spread.from = std::move(page.next);
  if (!spread.from.empty()) return std::nullopt;
  if (std::exchange(spread.failed, false)) {
    spread.not_before = retry_at;
    return std::nullopt;
  }
  spread.done = true;
  return page.key;
}

bool Spreads::is_done(const ProfileKey& key) const {
  const auto found = spreads_.find(key);
  return found != spreads_.end() && found->second.done;
}

bool Spreads::waits() const {
  return std::ranges::any_of(
      spreads_, [](const auto& spread) { return spread.second.not_before.has_value(); });
}

}  // namespace ff::network_server
