#include "storage/engine/write_batch.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "protocol/base/assert.hpp"
#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

/// Reads a varint of at most 32 bits off the front of `rest`; nothing if it is cut or too large.
std::optional<std::size_t> take_varint(ByteView& rest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 5 && i < rest.size(); ++i) {
    value |= std::uint64_t{rest[i] & 0x7FU} << (7 * i);
    if ((rest[i] & 0x80U) != 0) continue;
    if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    rest = rest.subspan(i + 1);
    return static_cast<std::size_t>(value);
  }
  return std::nullopt;
}

std::optional<ByteView> take_part(ByteView& rest) {
  auto size = take_varint(rest);
  if (!size || *size > rest.size()) return std::nullopt;
  auto part = rest.first(*size);
  rest = rest.subspan(*size);
  return part;
}

std::optional<ChangeView> take_change(ByteView& rest) {
  if (rest.size() < 2) return std::nullopt;
  auto family = family_from(rest[1]);
  if (rest[0] < 1 || rest[0] > 4 || !family) return std::nullopt;
  ChangeView view{.change = static_cast<Change>(rest[0]), .family = *family};
  rest = rest.subspan(2);
  auto key = take_part(rest);
  if (!key) return std::nullopt;
  view.key = *key;
  if (view.change == Change::erase) return view;
  auto value = take_part(rest);
  if (!value) return std::nullopt;
  view.value = *value;
  return view;
}

bool less(ByteView a, ByteView b) {
  return std::ranges::lexicographical_compare(a, b);
}

}  // namespace

WriteBatch::Iterator::Iterator(ByteView rest) : rest_(rest) {
  ++*this;
}

WriteBatch::Iterator& WriteBatch::Iterator::operator++() {
  done_ = rest_.empty();
  if (done_) return *this;
  auto change = take_change(rest_);
  FF_ASSERT(change.has_value());  // parse() and the builders let nothing else in.
  current_ = *change;
  return *this;
}

Result<WriteBatch> WriteBatch::parse(Bytes data) {
  WriteBatch batch;
  ByteView rest = data;
  while (!rest.empty()) {
    auto offset = data.size() - rest.size();
    auto change = take_change(rest);
    if (!change) return fail(malformed_batch, {{"offset", offset}});
    if (change->change == Change::erase_range && !less(change->key, change->value)) {
      return fail(malformed_batch, {{"offset", offset}});
    }
    ++batch.count_;
  }
  batch.data_ = std::move(data);
  return batch;
}

void WriteBatch::put(Family family, ByteView key, ByteView value) {
  open_record(Change::put, family);
  add(key);
  add(value);
}

void WriteBatch::extend(Family family, ByteView key, ByteView tail) {
  open_record(Change::extend, family);
  add(key);
  add(tail);
}

void WriteBatch::erase(Family family, ByteView key) {
  open_record(Change::erase, family);
  add(key);
}

void WriteBatch::erase_range(Family family, ByteView first, ByteView last) {
  if (!less(first, last)) return;
  open_record(Change::erase_range, family);
  add(first);
  add(last);
}

void WriteBatch::append(const WriteBatch& later) {
  ff::append(data_, later.data_);
  count_ += later.count_;
}

void WriteBatch::clear() noexcept {
  data_.clear();
  count_ = 0;
}

void WriteBatch::open_record(Change change, Family family) {
  data_.push_back(static_cast<std::uint8_t>(change));
  data_.push_back(static_cast<std::uint8_t>(family));
  ++count_;
}

void WriteBatch::add(ByteView part) {
  auto size = part.size();
  FF_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  for (; size >= 0x80; size >>= 7) data_.push_back(static_cast<std::uint8_t>(size | 0x80U));
  data_.push_back(static_cast<std::uint8_t>(size));
  ff::append(data_, part);
}

}  // namespace ff::storage
