// WriteBatch: an ordered list of changes that becomes durable as one. Not tied to an engine: the
// same bytes are applied here and shipped to a shard's follower.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/family.hpp"

namespace ff::storage {

/// ON-WIRE: leading byte of a record in WriteBatch::data().
enum class Change : std::uint8_t { put = 1, erase = 2, erase_range = 3, extend = 4 };

/// One change, borrowed from its batch. For `erase_range` the range is [key, value), `value` being
/// its exclusive end; for `erase` `value` is empty.
struct ChangeView {
  Change change = Change::put;
  Family family = Family::device;
  ByteView key;
  ByteView value;
};

/// A value; copying copies the bytes. Later changes win over earlier ones of the same batch.
/// ON-WIRE: one flat buffer of records
///
///     change u8 | family u8 | key length varint | key | value length varint | value
///
/// without the last two parts for `erase`. Golden test: test/storage/engine/write_batch_test.cpp.
class WriteBatch {
 public:
  class Iterator {
   public:
    using value_type = ChangeView;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(ByteView rest);
    const ChangeView& operator*() const noexcept { return current_; }
    const ChangeView* operator->() const noexcept { return &current_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return done_; }

   private:
    ByteView rest_;
    ChangeView current_;
    bool done_ = true;
  };

  /// Takes bytes that came over the wire. Error: malformed_batch.
  static Result<WriteBatch> parse(Bytes data);

  void put(Family family, ByteView key, ByteView value);
  /// Puts `tail` behind the key's value; a key that is not there has an empty one. For records that
  /// grow by a few bytes often: only those bytes are written.
  void extend(Family family, ByteView key, ByteView tail);
  void erase(Family family, ByteView key);
  /// Deletes every key in [first, last). Nothing happens when the range is empty or inverted.
  void erase_range(Family family, ByteView first, ByteView last);
  /// Adds the changes of `later` behind ours: one copy of its bytes.
  void append(const WriteBatch& later);
  /// Empties the batch and keeps its memory, for the committer's loop.
  void clear() noexcept;

  bool empty() const noexcept { return count_ == 0; }
  /// Number of changes.
  std::size_t count() const noexcept { return count_; }
  /// Size on the wire, bytes.
  std::size_t bytes() const noexcept { return data_.size(); }
  /// All changes in order, in the wire form above. Valid until the batch changes.
  ByteView data() const noexcept { return data_; }

  /// In order; views stay valid until the batch changes.
  Iterator begin() const { return Iterator(data_); }
  std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

  bool operator==(const WriteBatch&) const = default;

 private:
  void open_record(Change change, Family family);
  void add(ByteView part);

  Bytes data_;
  std::size_t count_ = 0;
};

}  // namespace ff::storage
