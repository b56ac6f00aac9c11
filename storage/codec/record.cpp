#include "storage/codec/record.hpp"

#include <array>

#include "protocol/base/assert.hpp"

namespace ff::storage {
namespace {

constexpr std::uint32_t field_max = (1U << 29U) - 1;

}  // namespace

void RecordWriter::varint(std::uint32_t field, std::uint64_t value) {
  tag(field, Wire::varint);
  raw_varint(value);
}

void RecordWriter::zigzag(std::uint32_t field, std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value);
  varint(field, value < 0 ? ~(bits << 1U) : bits << 1U);
}

void RecordWriter::fixed32(std::uint32_t field, std::uint32_t value) {
  tag(field, Wire::fixed32);
  append_le<4>(data_, value);
}

void RecordWriter::fixed64(std::uint32_t field, std::uint64_t value) {
  tag(field, Wire::fixed64);
  append_le<8>(data_, value);
}

void RecordWriter::bytes(std::uint32_t field, ByteView value) {
  tag(field, Wire::bytes);
  raw_varint(value.size());
  append(data_, value);
}

std::size_t RecordWriter::open_record(std::uint32_t field) {
  tag(field, Wire::bytes);
  // Room for the length of a short record, which most are.
  data_.push_back(0);
  return data_.size();
}

void RecordWriter::close_record(std::size_t mark) {
  FF_ASSERT(mark > 0 && mark <= data_.size());
  std::uint64_t length = data_.size() - mark;
  auto at = data_.begin() + static_cast<std::ptrdiff_t>(mark) - 1;
  for (; length >= 0x80; length >>= 7)
    at = data_.insert(at, static_cast<std::uint8_t>(length | 0x80U)) + 1;
  *at = static_cast<std::uint8_t>(length);
}

void RecordWriter::tag(std::uint32_t field, Wire wire) {
  FF_ASSERT(field >= 1 && field <= field_max);
  raw_varint(std::uint64_t{field} << 3U | static_cast<std::uint8_t>(wire));
}

void RecordWriter::raw_varint(std::uint64_t value) {
  // Most tags, lengths and flags.
  if (value < 0x80) return data_.push_back(static_cast<std::uint8_t>(value));
  constexpr std::size_t varint_max = 10;
  std::array<std::uint8_t, varint_max> octets;  // written before they are read
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) octets[size++] = static_cast<std::uint8_t>(value | 0x80U);
  octets[size++] = static_cast<std::uint8_t>(value);
  data_.insert(data_.end(), octets.data(), octets.data() + size);
}

bool RecordReader::next() {
  if (failed_ || at_ == data_.size()) return false;
  auto start = at_;
  failed_ = !read_field();
  if (failed_) at_ = start;
  return !failed_;
}

Status RecordReader::status() const {
  if (failed_) return fail(malformed_record, {{"offset", at_}});
  return {};
}

bool RecordReader::read_varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 64 && at_ < data_.size(); shift += 7) {
    auto byte = data_[at_++];
    // The tenth byte has room for one bit.
    if (shift == 63 && byte > 1) return false;
    out |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return true;
  }
  return false;
}

bool RecordReader::read_field() {
  std::uint64_t tag = 0;
  if (!read_varint(tag) || tag >> 3U == 0 || tag >> 3U > field_max) return false;
  field_ = {.number = static_cast<std::uint32_t>(tag >> 3U), .wire = static_cast<Wire>(tag & 7U)};
  auto left = [this] { return data_.size() - at_; };
  switch (field_.wire) {
    case Wire::varint:
      return read_varint(field_.value);
    case Wire::fixed64:
      if (left() < 8) return false;
      field_.value = read_le<8>(data_.subspan(at_));
      at_ += 8;
      return true;
    case Wire::fixed32:
      if (left() < 4) return false;
      field_.value = read_le<4>(data_.subspan(at_));
      at_ += 4;
      return true;
    case Wire::bytes: {
      std::uint64_t size = 0;
      if (!read_varint(size) || size > left()) return false;
      field_.payload = data_.subspan(at_, static_cast<std::size_t>(size));
      at_ += static_cast<std::size_t>(size);
      return true;
    }
  }
  return false;
}

}  // namespace ff::storage
