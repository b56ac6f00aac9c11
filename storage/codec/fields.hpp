// Structs as tagged records from one table: a struct's `fields` function names every member with
// its field number once, and both writing and reading follow from it. For hand-laid hot records;
// API messages are protobuf.
//
//     template <class Archive> void fields(Archive& a, mac::Channel& c) {
//       a(1, c.uplink_frequency);
//       a(2, c.enabled);
//     }
//     Bytes row = write_record(channel);
//     FF_TRY(auto channel, read_record<mac::Channel>(row));
//
// ON-DISK: numbers never change meaning. A member with its type's zero value is left out; unknown
// fields are skipped. Integers, enums, times and flags are varints (signed ones zigzag), floats
// fixed32, doubles fixed64, text and bytes as such, structs nested, vectors one field an element,
// optionals present or absent (a present zero is written). Keys
// are bytes, sealed if the caller gives a KeySeal.
#pragma once

#include <bit>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "protocol/base/strong.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/correlation_ids.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/radio.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/key_seal.hpp"
#include "storage/codec/record.hpp"

namespace ff::storage {
namespace detail {

template <class T>
struct IsStrong : std::false_type {};
template <class Tag, class T>
struct IsStrong<Strong<Tag, T>> : std::true_type {};
template <class T>
struct IsTextId : std::false_type {};
template <class Tag>
struct IsTextId<TextId<Tag>> : std::true_type {};
template <class T>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};
template <class T>
struct IsTime : std::false_type {};
template <class C, class D>
struct IsTime<std::chrono::time_point<C, D>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::bool_constant<!std::is_same_v<T, std::uint8_t>> {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class K, class V>
struct IsMap<std::map<K, V>> : std::true_type {};

/// A map's entry as a record.
template <class K, class V>
struct Entry {
  K key{};
  V value{};
};
template <class Archive, class K, class V>
void fields(Archive& a, Entry<K, V>& entry) {
  a(1, entry.key);
  a(2, entry.value);
}

template <class T>
constexpr bool is_text = std::is_same_v<T, std::string> || IsTextId<T>::value;

}  // namespace detail

/// Sets every member that `fields` names to its type's zero value: what reading starts from,
/// whatever the struct's own defaults.
class FieldClearer {
 public:
  static constexpr bool is_writer = false;
  template <class T>
  void operator()(std::uint32_t, T& member) {
    member = T{};
  }
};

/// Writes the members that `fields` names.
class FieldWriter {
 public:
  static constexpr bool is_writer = true;

  /// Appends to `out`, which outlives the writer, as `maybe_seal`.
  explicit FieldWriter(RecordWriter& out, const KeySeal* maybe_seal = nullptr)
      : out_(out), maybe_seal_(maybe_seal) {}

  template <class T>
  void operator()(std::uint32_t number, T& member) {
    if constexpr (detail::IsOptional<T>::value) {
      if (member) put(number, *member);
    } else if constexpr (detail::IsVector<T>::value) {
      for (auto& element : member) put(number, element);
    } else if constexpr (std::is_same_v<T, CorrelationIds>) {
      for (const auto& id : member) out_.text(number, id);
    } else if constexpr (detail::IsMap<T>::value) {
      for (auto& [key, value] : member) {
        detail::Entry<typename T::key_type, typename T::mapped_type> entry{key, value};
        put(number, entry);
      }
    } else if constexpr (requires { member == T{}; }) {
      if (!(member == T{})) put(number, member);
    } else {
      put(number, member);
    }
  }

 private:
  template <class T>
  void put(std::uint32_t number, T& value) {
    if constexpr (std::is_same_v<T, float>) {
      out_.fixed32(number, std::bit_cast<std::uint32_t>(value));
    } else if constexpr (std::is_same_v<T, double>) {
      out_.fixed64(number, std::bit_cast<std::uint64_t>(value));
    } else if constexpr (std::is_enum_v<T>) {
      out_.varint(number, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      out_.zigzag(number, value);
    } else if constexpr (std::is_integral_v<T>) {
      out_.varint(number, value);
    } else if constexpr (detail::IsStrong<T>::value) {
      auto bare = value.value();
      put(number, bare);
    } else if constexpr (std::is_same_v<T, Frequency>) {
      out_.varint(number, value.hz());
    } else if constexpr (detail::IsDuration<T>::value) {
      out_.zigzag(number, value.count());
    } else if constexpr (detail::IsTime<T>::value) {
      out_.zigzag(number, value.time_since_epoch().count());
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_.text(number, value);
    } else if constexpr (detail::IsTextId<T>::value) {
      out_.text(number, value.text());
    } else if constexpr (std::is_same_v<T, Bytes>) {
      out_.bytes(number, value);
    } else if constexpr (std::is_same_v<T, Aes128Key>) {
      if (maybe_seal_ != nullptr) {
        out_.bytes(number, maybe_seal_->seal(value));
      } else {
        out_.bytes(number, value.bytes());
      }
    } else {
      const auto mark = out_.open_record(number);
      fields(*this, value);
      out_.close_record(mark);
    }
  }

  RecordWriter& out_;
  const KeySeal* maybe_seal_;
};

template <class T>
Result<T> read_record(ByteView data, const KeySeal* maybe_seal = nullptr);

/// Offers one field to the members that `fields` names; the one with its number takes it.
class FieldReader {
 public:
  static constexpr bool is_writer = false;

  explicit FieldReader(const Field& field, const KeySeal* maybe_seal = nullptr)
      : field_(field), maybe_seal_(maybe_seal) {}

  template <class T>
  void operator()(std::uint32_t number, T& member) {
    if (number != field_.number) return;
    if constexpr (detail::IsOptional<T>::value) {
      get(member.emplace());
    } else if constexpr (detail::IsVector<T>::value) {
      get(member.emplace_back());
    } else if constexpr (std::is_same_v<T, CorrelationIds>) {
      std::string id;
      get(id);
      member.push_back(std::move(id));
    } else if constexpr (detail::IsMap<T>::value) {
      detail::Entry<typename T::key_type, typename T::mapped_type> entry;
      get(entry);
      member[std::move(entry.key)] = std::move(entry.value);
    } else {
      get(member);
    }
  }

  /// The first error of a nested record.
  const Status& status() const noexcept { return status_; }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, float>) {
      value = std::bit_cast<float>(field_.u32());
    } else if constexpr (std::is_same_v<T, double>) {
      value = std::bit_cast<double>(field_.u64());
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(field_.u64());
    } else if constexpr (std::is_same_v<T, bool>) {
      value = field_.flag();
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      value = static_cast<T>(field_.zigzag());
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(field_.u64());
    } else if constexpr (detail::IsStrong<T>::value) {
      typename T::Value bare{};
      get(bare);
      value = T{bare};
    } else if constexpr (std::is_same_v<T, Frequency>) {
      value = Frequency::hz(field_.u64());
    } else if constexpr (detail::IsDuration<T>::value) {
      value = T{static_cast<typename T::rep>(field_.zigzag())};
    } else if constexpr (detail::IsTime<T>::value) {
      value = T{typename T::duration{field_.zigzag()}};
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = std::string(field_.text());
    } else if constexpr (detail::IsTextId<T>::value) {
      value = T(std::string(field_.text()));
    } else if constexpr (std::is_same_v<T, Bytes>) {
      value = to_owned(field_.bytes());
    } else if constexpr (std::is_same_v<T, Aes128Key>) {
      get_key(value);
    } else {
      auto nested = read_record<T>(field_.bytes(), maybe_seal_);
      if (nested) {
        value = std::move(*nested);
      } else {
        status_ = fail(nested.error());
      }
    }
  }

  void get_key(Aes128Key& key) {
    if (maybe_seal_ != nullptr) {
      auto opened = maybe_seal_->open(field_.bytes());
      if (!opened) {
        status_ = fail(opened.error());
      } else {
        key = *opened;
      }
    } else if (field_.bytes().size() == Aes128Key::size) {
      key = Aes128Key::from(field_.bytes());
    } else {
      status_ = fail(malformed_record, {{"offset", 0}});
    }
  }

  const Field& field_;
  const KeySeal* maybe_seal_;
  Status status_;
};

/// The record of `value` behind `head`; `fields` for its type is found by argument-dependent
/// look-up or in the caller's namespace before this header's use.
template <class T>
Bytes write_record(const T& value, Bytes head = {}, const KeySeal* maybe_seal = nullptr) {
  // Most hot rows fit.
  head.reserve(512);
  RecordWriter record(std::move(head));
  FieldWriter out(record, maybe_seal);
  // The table is shared by reader and writer, so it takes a mutable reference; the writer does not
  // change it.
  fields(out, const_cast<T&>(value));
  return record.take();
}

/// The record in its envelope: `seal(version, write_record(value))` without the copy.
template <class T>
Bytes seal_record(ValueVersion version, const T& value, const KeySeal* maybe_seal = nullptr) {
  return write_record(value, seal(version, {}), maybe_seal);
}

/// Total on any bytes. Errors: malformed_record; of KeySeal::open.
template <class T>
Result<T> read_record(ByteView data, const KeySeal* maybe_seal) {
  T value{};
  FieldClearer clear;
  fields(clear, value);
  RecordReader in(data);
  while (in.next()) {
    FieldReader field(in.field(), maybe_seal);
    fields(field, value);
    FF_CHECK(field.status());
  }
  FF_CHECK(in.status());
  return value;
}

}  // namespace ff::storage
