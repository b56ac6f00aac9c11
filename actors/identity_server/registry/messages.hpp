// What the registry of entities is asked. Whoever asks has checked rights and the message.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/identity_server/registry/entity.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "storage/engine/engine.hpp"

namespace ff::identity_server {

/// An entity that is created with another one or not at all, such as the membership of whoever
/// creates an application.
struct Companion {
  storage::EntityKey key;
  Bytes message;
};

/// `make` is pure and runs in the registry; `now` is the entity's time of creation. Errors:
/// id_taken (also by an entity that is deleted but kept), a unique key's `taken`.
struct CreateEntity {
  storage::EntityKey key;
  std::function<Result<Draft>(UtcTime now)> make;
  std::vector<Companion> companions;
  actors::Reply<EntityPtr> reply;
};
/// `change` is pure and runs in the registry. It also sees an entity that is deleted but kept, to
/// restore it or to refuse with not_found(). Errors: not_found(), a unique key's `taken`.
struct ChangeEntity {
  storage::EntityKey key;
  std::function<Result<Draft>(const Entity& current, UtcTime now)> change;
  actors::Reply<EntityPtr> reply;
};

/// The entities that a transaction sees and what it makes of them.
class EntityRows {
 public:
  struct Row {
    storage::EntityKey key;
    std::optional<Entity> current;
    std::optional<Draft> next;
    bool erased = false;
    bool is_read_only = false;
  };
  /// The last `read_only` of the keys are only read.
  explicit EntityRows(const std::vector<storage::EntityKey>& keys, std::size_t read_only = 0);

  /// Null if there is none; also one that is deleted but kept. `key` is one of the transaction's.
  const Entity* find(const storage::EntityKey& key) const;
  /// The same, without those that are deleted. Error: not_found().
  Result<const Entity*> live(const storage::EntityKey& key) const;
  /// `key` is none that is only read.
  void put(const storage::EntityKey& key, Draft draft);
  /// With all that hangs on it.
  void erase(const storage::EntityKey& key);

  std::vector<Row>& rows() noexcept { return rows_; }
  const std::vector<Row>& rows() const noexcept { return rows_; }

 private:
  Row& writable_row(const storage::EntityKey& key);

  std::vector<Row> rows_;
};
/// Several entities decided together and written as one, or not at all. `decide` is pure and runs
/// in the registry. Errors: its own, a unique key's `taken`.
struct ChangeEntities {
  /// All that it reads or changes, each once; at most entities_max.
  std::vector<storage::EntityKey> keys;
  std::function<Status(EntityRows& rows, UtcTime now)> decide;
  /// What they are now, in the order of `keys`; null: there is none.
  actors::Reply<std::vector<EntityPtr>> reply;
  /// The last so many keys are only read. Changes that read the same, such as creations in one
  /// application, are written together.
  std::size_t read_only = 0;
};
inline constexpr std::size_t entities_max = 1024;

/// Leaves nothing, neither indices nor, for entities that own them, API keys and memberships.
/// Error: not_found().
struct DeleteEntity {
  storage::EntityKey key;
  actors::Reply<void> reply;
};

/// Which entities a look-up sees.
enum class Deleted : std::uint8_t { without, only, with };

struct GetEntity {
  storage::EntityKey key;
  Deleted deleted = Deleted::without;
  actors::Reply<EntityPtr> reply;
};
/// The owner of a unique key. Answers null if there is none.
struct FindEntity {
  Bytes index_key;
  actors::Reply<EntityPtr> reply;
};

/// Look-ups that need several rows: `read` runs on the reader's thread, where it may block, and
/// answers whoever asks by itself. It must not throw.
struct ReadEntities {
  std::function<void(const storage::Reader& store)> read;
};

enum class EntityOrder : std::uint8_t { id, created_at };
struct EntityPage {
  std::vector<EntityPtr> entities;
  std::uint64_t total = 0;  // of all pages
};
struct ListEntities {
  storage::EntityKind kind = storage::EntityKind::application;
  std::vector<std::string> parents;  // the first ids, e.g. the application of devices
  EntityOrder order = EntityOrder::id;
  bool descending = false;
  std::uint64_t skip = 0;
  std::uint64_t limit = 1000;
  Deleted deleted = Deleted::without;
  /// Null: all. Pure; runs on the reader's thread.
  std::function<bool(const Entity&)> filter;
  actors::Reply<EntityPage> reply;
};

/// INTERNAL
struct RowsRead {
  std::uint64_t turn = 0;
  std::size_t position = 0;
  Result<std::optional<Bytes>> row;
};
/// INTERNAL
struct TurnWritten {
  std::uint64_t turn = 0;
  Status status;
};

}  // namespace ff::identity_server
FF_LOCAL_MESSAGE(ff::identity_server::CreateEntity)
FF_LOCAL_MESSAGE(ff::identity_server::ChangeEntity)
FF_LOCAL_MESSAGE(ff::identity_server::ChangeEntities)
FF_LOCAL_MESSAGE(ff::identity_server::DeleteEntity)
FF_LOCAL_MESSAGE(ff::identity_server::ReadEntities)
FF_LOCAL_MESSAGE(ff::identity_server::GetEntity)
FF_LOCAL_MESSAGE(ff::identity_server::FindEntity)
FF_LOCAL_MESSAGE(ff::identity_server::ListEntities)
FF_LOCAL_MESSAGE(ff::identity_server::RowsRead)
FF_LOCAL_MESSAGE(ff::identity_server::TurnWritten)
