// Hand-laid records: tagged fields in protobuf's wire format, for values that are too hot for a
// protobuf message. Not a protobuf implementation: no descriptors, no groups; a record may later be
// described by a .proto.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::storage {

inline constexpr ErrorDef malformed_record{"pkg/storage", "malformed_record", Code::data_loss,
                                           "stored record is malformed at byte {offset}"};

/// ON-DISK: the low three bits of a tag.
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Appends fields to a buffer. Field numbers are 1 to 2^29 - 1 and never reused for another
/// meaning. A writer never leaves a field out by itself: what is absent is the caller's decision.
class RecordWriter {
 public:
  RecordWriter() = default;
  /// Appends to `head`, for what is stored in front of a record.
  explicit RecordWriter(Bytes head) : data_(std::move(head)) {}

  void varint(std::uint32_t field, std::uint64_t value);
  void flag(std::uint32_t field, bool value) { varint(field, value ? 1 : 0); }
  /// Small for small negative numbers (protobuf's sint64).
  void zigzag(std::uint32_t field, std::int64_t value);
  void fixed32(std::uint32_t field, std::uint32_t value);
  void fixed64(std::uint32_t field, std::uint64_t value);
  void bytes(std::uint32_t field, ByteView value);
  void text(std::uint32_t field, std::string_view value) { bytes(field, as_bytes(value)); }
  /// A nested record: everything between the two calls. Its mark belongs to the innermost open one.
  std::size_t open_record(std::uint32_t field);
  void close_record(std::size_t mark);

  ByteView data() const noexcept { return data_; }
  /// The record; the writer is empty afterwards.
  Bytes take() { return std::exchange(data_, {}); }

 private:
  void tag(std::uint32_t field, Wire wire);
  void raw_varint(std::uint64_t value);

  Bytes data_;
};

/// One field, borrowed from the record. Its accessors are total: asked for a type it does not have,
/// a field answers 0 or empty, as an unknown field of a newer writer would.
struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  /// varint, fixed32, fixed64.
  std::uint64_t value = 0;
  /// bytes; empty for the others.
  ByteView payload;

  std::uint64_t u64() const noexcept { return value; }
  std::uint32_t u32() const noexcept { return static_cast<std::uint32_t>(value); }
  std::uint16_t u16() const noexcept { return static_cast<std::uint16_t>(value); }
  std::uint8_t u8() const noexcept { return static_cast<std::uint8_t>(value); }
  bool flag() const noexcept { return value != 0; }
  std::int64_t zigzag() const noexcept {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  ByteView bytes() const noexcept { return payload; }
  std::string_view text() const noexcept { return as_text(payload); }
};

/// Reads fields one by one, unknown ones included; total on any bytes.
///
///     RecordReader in(value);
///     while (in.next()) switch (in.field().number) { case 1: out.f_cnt = in.field().u32(); break;
///     } FF_CHECK(in.status());
class RecordReader {
 public:
  explicit RecordReader(ByteView data) : data_(data) {}

  /// False at the end and at the first malformed field.
  bool next();
  const Field& field() const noexcept { return field_; }
  /// After next() said false: whether that was the end. Error: malformed_record.
  Status status() const;

 private:
  bool read_varint(std::uint64_t& out);
  bool read_field();

  ByteView data_;
  std::size_t at_ = 0;
  Field field_;
  bool failed_ = false;
};

}  // namespace ff::storage
