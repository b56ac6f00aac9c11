// The identity server as the API needs it: who calls, with which rights, and the registry of
// entities. Not the services of entities (entity_registry.hpp).
#pragma once

#include <atomic>

#include "actors/events/event.hpp"
#include "actors/identity_server/members/members.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "app/api/services/base/cluster_keys.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/identity/login_throttle.hpp"

namespace ff::api {

class DevicePages;

/// A message to a person. Plain text.
struct Mail {
  std::string to;
  std::string subject;
  std::string text;
};

/// What the services of the identity server take from outside; any thread, must not block.
struct IdentityPorts {
  identity_server::SettingsPtr settings = std::make_shared<const identity_server::Settings>();
  /// May be empty, as the clock for them: no events.
  events::Publish publish;
  std::function<UtcTime()> now;
  /// Fit for keys. May be empty, as the clock: no notifications.
  MakeRandom make_random;
  /// May be empty: nobody gets mail.
  std::function<void(Mail)> send_mail;
  /// Of passwords that callers give without other credentials, here and at the pages. Null: as many
  /// as they like.
  std::shared_ptr<LoginThrottle> logins;
  std::function<MonoTime()> mono_now;  // with logins
  /// Of calls between the processes of this cluster.
  ClusterKeys cluster_keys;
  /// Null, or not ready: lists of end devices read all of them.
  std::shared_ptr<DevicePages> device_pages;
};
using IdentityPortsPtr = std::shared_ptr<const IdentityPorts>;

/// Copies share the routes. Thread safe.
class Identity {
 public:
  Identity(Asker asker, identity_server::Routes routes,
           IdentityPortsPtr ports = std::make_shared<const IdentityPorts>())
      : asker_(std::move(asker)), routes_(std::move(routes)), ports_(std::move(ports)) {}

  const identity_server::Settings& settings() const noexcept { return *ports_->settings; }
  const IdentityPorts& ports() const noexcept { return *ports_; }

  /// The same, for what the call changes: its audit trail is told.
  Identity of(const Call& call) const { return telling(call.trail); }
  /// The same for what is no call. Null: nobody is told.
  Identity telling(std::shared_ptr<AuditTrail> trail) const {
    auto out = *this;
    out.trail_ = std::move(trail);
    return out;
  }

  /// Who sent these metadata. Errors: unauthenticated, unsupported_authorization, those of
  /// Authenticate.
  void caller(const CallMetadata& metadata, actors::Reply<identity_server::AuthInfoPtr> then) const;
  /// The same for calls that need no credentials: null without, or with such as are not valid.
  void caller_if_any(const CallMetadata& metadata,
                     std::function<void(identity_server::AuthInfoPtr)> then) const;
  /// For ServiceContext::rights.
  void rights(const Call& call, const storage::EntityKey& entity,
              actors::Reply<RightSet> then) const;

  void create(identity_server::CreateEntity message,
              actors::Reply<identity_server::EntityPtr> then) const;
  void change(identity_server::ChangeEntity message,
              actors::Reply<identity_server::EntityPtr> then) const;
  void change(identity_server::ChangeEntities message,
              actors::Reply<std::vector<identity_server::EntityPtr>> then) const;
  void erase(const storage::EntityKey& key, actors::Reply<void> then) const;
  void get(const storage::EntityKey& key, actors::Reply<identity_server::EntityPtr> then) const;
  /// Null if nothing owns the key.
  void find(Bytes index_key, actors::Reply<identity_server::EntityPtr> then) const;
  /// As scan().
  void list(identity_server::ListEntities message,
            actors::Reply<identity_server::EntityPage> then) const;
  /// `look_up` runs where it may block. Pure. For a few rows: every call waits for it, because who
  /// the caller is and may is asked in the same place.
  template <class T>
  void read(std::function<Result<T>(const storage::Reader& store)> look_up,
            actors::Reply<T> then) const {
    auto make = [&](actors::Reply<T> reply) {
      return identity_server::ReadEntities{
          [look_up = std::move(look_up), reply = std::move(reply)](const storage::Reader& store) {
            reply(look_up(store));
          }};
    };
    asker_.ask<T>(routes_.reader.get(), role, make, std::move(then));
  }
  /// The same for what takes milliseconds. Error: registry_overloaded when too much waits.
  template <class T>
  void read_slowly(std::function<Result<T>(const storage::Reader& store)> look_up,
                   actors::Reply<T> then) const {
    read_aside(routes_.slow_reader.get(), slow_, std::move(look_up), std::move(then));
  }
  /// The same for what reads as many rows as there are: lists and searches.
  template <class T>
  void scan(std::function<Result<T>(const storage::Reader& store)> look_up,
            actors::Reply<T> then) const {
    read_aside(routes_.scanner.get(), scans_, std::move(look_up), std::move(then));
  }

  /// For EventSources and ServiceDeps.
  std::function<std::uint64_t()> access_changes() const {
    return [changes = routes_.access_changes] { return changes->load(); };
  }

 private:
  /// Look-ups that wait for one reader; copies of Identity share it.
  struct Waiting {
    explicit Waiting(int most) : max(most) {}
    const int max;
    std::atomic<int> count = 0;
  };
  using WaitingPtr = std::shared_ptr<Waiting>;

  template <class T>
  void read_aside(const identity_server::RegistryReaderHandle& reader, const WaitingPtr& waiting,
                  std::function<Result<T>(const storage::Reader& store)> look_up,
                  actors::Reply<T> then) const {
    if (waiting->count.fetch_add(1) >= waiting->max) {
      waiting->count.fetch_sub(1);
      return then(fail(identity_server::registry_overloaded));
    }
    auto make = [&](actors::Reply<T> reply) {
      return identity_server::ReadEntities{
          [look_up = std::move(look_up), reply = std::move(reply),
           leave = std::shared_ptr<void>(nullptr, [waiting](void*) {
             waiting->count.fetch_sub(1);
           })](const storage::Reader& store) { reply(look_up(store)); }};
    };
    asker_.ask<T>(reader, role, make, std::move(then));
  }

  /// Some seconds of each.
  static constexpr int slow_max = 256;
  static constexpr int scans_max = 64;
  static constexpr std::string_view role = "IDENTITY_SERVER";

  Asker asker_;
  identity_server::Routes routes_;
  IdentityPortsPtr ports_;
  std::shared_ptr<AuditTrail> trail_;
  WaitingPtr slow_ = std::make_shared<Waiting>(slow_max);
  WaitingPtr scans_ = std::make_shared<Waiting>(scans_max);
};

/// For the front: callers with API keys.
std::shared_ptr<Authenticator> make_authenticator(const Identity& identity);
RightsOf make_rights_of(const Identity& identity);

RightSet to_api(const identity_server::RightSet& rights);
/// Numbers that are no right are left out.
identity_server::RightSet from_api(const google::protobuf::RepeatedField<int>& rights);

}  // namespace ff::api
