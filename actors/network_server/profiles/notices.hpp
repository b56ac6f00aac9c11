// What tells the registry of profiles that something elsewhere has ended, however it ended: a
// commit, a page of devices, a use. For actor.cpp only.
#pragma once

#include <atomic>
#include <caf/send.hpp>
#include <utility>

#include "actors/network_server/profiles/changes.hpp"
#include "actors/network_server/profiles/interface.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/committer.hpp"

namespace ff::network_server {

/// Tells the registry what became of its records, also when the committer ended without deciding.
class WriteNotice final : public actors::Release {
 public:
  explicit WriteNotice(ProfilesHandle registry) : registry_(std::move(registry)) {}
  WriteNotice(const WriteNotice&) = delete;
  WriteNotice& operator=(const WriteNotice&) = delete;
  ~WriteNotice() override { decide(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { decide({}); }
  void failed(const Error& error) noexcept override { decide(fail(error)); }

 private:
  void decide(Status status) {
    if (!std::exchange(decided_, true))
      caf::anon_send(registry_, ProfileWritten{std::move(status)});
  }
  ProfilesHandle registry_;
  bool decided_ = false;
};

/// A page of devices: the last answer, or the last one that will not come, sends what they said.
class DevicesNotice {
 public:
  DevicesNotice(ProfilesHandle registry, std::size_t devices)
      : registry_(std::move(registry)), missing_(devices) {}
  DevicesNotice(const DevicesNotice&) = delete;
  DevicesNotice& operator=(const DevicesNotice&) = delete;
  ~DevicesNotice() { caf::anon_send(registry_, DevicesTold{missing_ > 0, refused_}); }

  void take(const Status& status) {
    const bool refused = !status && is_refusal(status.error());
    if (refused) ++refused_;
    if (status || refused) --missing_;
  }

 private:
  ProfilesHandle registry_;
  std::atomic<std::size_t> missing_;
  std::atomic<unsigned> refused_{0};
};

/// Tells the registry when a use has ended; this incarnation, not by a route: the next one knows
/// nothing of it.
class UseNotice {
 public:
  UseNotice(ProfilesHandle registry, std::uint64_t use)
      : registry_(std::move(registry)), use_(use) {}
  UseNotice(const UseNotice&) = delete;
  UseNotice& operator=(const UseNotice&) = delete;
  ~UseNotice() { caf::anon_send(registry_, ProfileUseEnded{use_}); }

 private:
  ProfilesHandle registry_;
  std::uint64_t use_;
};

}  // namespace ff::network_server
