// What the registry of profiles keeps in memory: who is about to use a profile, and how far changes
// have come on their way to devices. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/network_server/profiles/profile.hpp"
#include "protocol/base/time.hpp"

namespace ff::network_server {

/// Uses of profiles that have not ended. [messages.hpp ProfileUse]
class ProfileUses {
 public:
  std::uint64_t begin(ProfileKey key, SettingsPtr settings);
  void end(std::uint64_t use) { uses_.erase(use); }
  std::size_t count(const ProfileKey& key) const;
  /// Somebody is about to give a device other settings than these.
  bool has_other(const ProfileKey& key, const mac::MacSettings& settings) const;

 private:
  struct Use {
    ProfileKey key;
    SettingsPtr settings;
  };
  std::map<std::uint64_t, Use> uses_;
  std::uint64_t last_ = 0;
};

/// Changes on their way: pages of devices are told, one page at a time, whichever profile it is of.
///
///     begin(key) -> due() -> telling(key, next) -> told(failed) -> ... -> settled(key)
class Spreads {
 public:
  /// The profile has changed: its devices are told from the first to the last, again if that was
  /// under way.
  void begin(const ProfileKey& key);
  /// There is no such profile any more.
  void drop(const ProfileKey& key) { spreads_.erase(key); }

  /// The profiles whose next page can be told now; none while one is being told.
  std::vector<ProfileKey> due(MonoTime now) const;
  /// Where the page begins: the first device (empty), or where the one before ended.
  const Bytes& from(const ProfileKey& key) const { return spreads_.at(key).from; }
  /// A page is being told; the next one begins at `next`, empty: it is the last.
  void telling(const ProfileKey& key, Bytes next);
  /// The page has been told. A profile that `failed` on a page begins again at `retry_at`. The
  /// profile whose devices all know, which can be settled.
  std::optional<ProfileKey> told(bool failed, MonoTime retry_at);

  /// Whether all devices know, also of changes since told() said so.
  bool is_done(const ProfileKey& key) const;
  void settled(const ProfileKey& key) { spreads_.erase(key); }
  /// Some profile waits for its time.
  bool waits() const;

 private:
  struct Spread {
    std::uint64_t number = 0;  // another one for every change
    Bytes from;
    bool failed = false;
    bool done = false;
    std::optional<MonoTime> not_before;
  };
  struct Page {
    ProfileKey key;
    std::uint64_t number = 0;
    Bytes next;
  };
  std::map<ProfileKey, Spread> spreads_;
  std::optional<Page> page_;
  std::uint64_t last_ = 0;
};

}  // namespace ff::network_server
