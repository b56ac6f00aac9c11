// A turn of the registry: some changes of different entities, decided together on the rows they
// need, written as one. Pure.
//
//     read rows_to_read() -> plan(rows, now) -> read index_rows_to_read() -> resolve(rows) -> write
//     records() -> finish()
#pragma once

#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "actors/identity_server/registry/messages.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::identity_server {

using Change = std::variant<CreateEntity, ChangeEntity, ChangeEntities, DeleteEntity>;
/// The entities that the change reads or writes.
std::vector<storage::EntityKey> keys_of(const Change& change);
/// The last so many of them are only read.
std::size_t read_only_of(const Change& change) noexcept;
/// Answers `change` with `error`.
void refuse(const Change& change, const Error& error);

using Row = Result<std::optional<Bytes>>;

class Turn {
 public:
  /// No entity that a change writes is in another one.
  explicit Turn(std::vector<Change> changes);

  /// Keys of family `entity`.
  const std::vector<Bytes>& rows_to_read() const noexcept { return keys_; }
  /// Decides what every entity becomes. One row per key.
  void plan(const std::vector<Row>& rows, UtcTime now);
  /// Keys of family `entity_index`, after plan().
  const std::vector<Bytes>& index_rows_to_read() const noexcept { return index_keys_; }
  /// Decides who gets which unique key, the earlier change first. One row per key.
  void resolve(const std::vector<Row>& rows);
  /// What to make durable, after resolve().
  const storage::WriteBatch& records() const noexcept { return records_; }
  /// Answers everyone. Error: of the write; then nothing is known about any change that needed it.
  void finish(const Status& durable);
  /// The entities that became something else: key and what it is now (null: deleted), after
  /// resolve().
  std::vector<std::pair<storage::EntityKey, EntityPtr>> changed() const;

 private:
  struct Item {
    Change change;
    std::optional<Error> error;
    EntityRows rows;
    std::vector<EntityPtr> next;  // of each row; null: there is none
  };
  using Owners = std::map<Bytes, Bytes>;

  void plan_one(Item& item, const Row* first_row, UtcTime now);
  void resolve_one(Item& item, Owners& owners);
  void record(const Item& item);
  void record_row(const EntityRows::Row& row, const EntityPtr& next);
  void record_companions(const CreateEntity& create, UtcTime created_at);

  std::vector<Item> items_;
  std::vector<Bytes> keys_;
  std::vector<Bytes> index_keys_;
  storage::WriteBatch records_;
};

}  // namespace ff::identity_server
