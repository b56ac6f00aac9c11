// LinkTable: who listens to an application, seen from any thread, for every message that is
// published. A message goes from the committer's release straight to its subscribers: a link with a
// mailbox between them would wait for its turn behind thousands of sessions when the server is
// busy, and what is durable has to leave first. Who subscribes is the links' business (directory,
// link).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/link/probe.hpp"

namespace ff::application_server {

/// The subscribers of one application. Immutable.
struct Audience {
  struct Listener {
    std::shared_ptr<Subscriber> subscriber;
    SubscriptionProbe probe;  // of its protocol
  };
  std::vector<Listener> listeners;
};

/// Where a link puts its audience, and publishers find it. Any thread.
class Seats {
 public:
  std::shared_ptr<const Audience> audience() const { return audience_.load(); }
  /// The link only.
  void set(std::shared_ptr<const Audience> audience) { audience_.store(std::move(audience)); }

 private:
  std::atomic<std::shared_ptr<const Audience>> audience_;
};

/// Copies share the table.
class LinkTable {
 public:
  LinkTable() : cell_(std::make_shared<Cell>()) {}

  /// To every subscriber of its application that has room. Any thread, but one message of an
  /// application at a time; does not block.
  void publish(const UpPublished& up) const;

  /// Whether the application has a link. Any thread.
  bool contains(const ApplicationId& application_id) const;
  /// Seats for a new link, in place of an older one's. Copies the few applications that share its
  /// bucket, so that a start with many takes no longer for each of them. Directory only, as all
  /// that follow.
  std::shared_ptr<Seats> add(const ApplicationId& application_id) const;
  void erase(const ApplicationId& application_id) const;
  /// At shutdown, so that no subscriber is kept.
  void clear() const;

 private:
  using Links = std::unordered_map<ApplicationId, std::shared_ptr<Seats>>;
  /// Null when nobody is in it.
  using Bucket = std::atomic<std::shared_ptr<const Links>>;
  /// 64 KiB; a bucket of a server with 100,000 applications has 25 of them.
  static constexpr std::size_t bucket_count = 4096;
  struct Cell {
    std::array<Bucket, bucket_count> buckets;
  };
  Bucket& bucket_of(const ApplicationId& application_id) const;
  template <class Change>
  void change(const ApplicationId& application_id, const Change& change) const;
  std::shared_ptr<Seats> find(const ApplicationId& application_id) const;

  std::shared_ptr<Cell> cell_;
};

/// `table.publish` as a port.
PublishUp publish_to(LinkTable table);

}  // namespace ff::application_server
