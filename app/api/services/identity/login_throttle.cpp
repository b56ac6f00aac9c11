#include "app/api/services/identity/login_throttle.hpp"

#include "net/address/network_of.hpp"

namespace ff::api {
namespace {

// An id is no address: no name is both.
std::string account_name(const std::string& account) {
  return "account:" + account.substr(0, 64);
}

std::string address_name(const std::string& address) {
  return "address:" + address;
}

}  // namespace

const LoginThrottle::Entry* LoginThrottle::find(const std::string& name, MonoTime now) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second->until <= now) return nullptr;
  return &*found->second;
}

LoginThrottle::Entry& LoginThrottle::touch(const std::string& name, MonoTime now) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
  } else {
    if (entries_.size() >= rules_.entries_max) {
      by_name_.erase(entries_.back().name);
      entries_.pop_back();
    }
    entries_.push_front({name, 0, {}, {}});
    by_name_[name] = entries_.begin();
  }
  auto& entry = entries_.front();
  if (entry.until <= now) {
    entry.failures = 0;
    entry.until = now + rules_.window;
  }
  return entry;
}

void LoginThrottle::give_back(Entry& entry) {
  if (entry.failures > 0) --entry.failures;
}

std::optional<Duration> LoginThrottle::begin(const std::string& account,
                                             const std::string& remote_address, MonoTime now) {
  const auto address = net::network_of(remote_address);
  const std::scoped_lock lock(mutex_);
  const auto* of_address = find(address_name(address), now);
  if (rules_.per_address > 0 && of_address != nullptr && of_address->failures >= rules_.per_address)
    return of_address->until - now;
  const auto known = by_name_.find(account_name(account));
  const bool is_trusted =
      known != by_name_.end() && !address.empty() && known->second->trusted == address;
  const auto* of_account = find(account_name(account), now);
  if (!account.empty() && rules_.per_account > 0 && !is_trusted && of_account != nullptr &&
      of_account->failures >= rules_.per_account)
    return of_account->until - now;
  if (!address.empty()) ++touch(address_name(address), now).failures;
  if (!account.empty() && !is_trusted) ++touch(account_name(account), now).failures;
  return std::nullopt;
}

void LoginThrottle::succeeded(const std::string& account, const std::string& remote_address,
                              MonoTime now) {
  const auto address = net::network_of(remote_address);
  const std::scoped_lock lock(mutex_);
  if (!address.empty()) give_back(touch(address_name(address), now));
  if (account.empty()) return;
  auto& entry = touch(account_name(account), now);
  if (!address.empty() && entry.trusted == address) return;
  give_back(entry);
  if (!address.empty()) entry.trusted = address;
}

std::size_t LoginThrottle::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace ff::api
