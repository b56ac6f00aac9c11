#include "protocol/mac/command/codec.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace ff::mac {
namespace {

constexpr std::size_t eui_max = 16;

/// `width` bits (at most 32) of `payload` from bit `first` on.
std::uint32_t read_bits(ByteView payload, std::size_t first, std::size_t width) {
  std::uint64_t value = 0;
  const std::size_t begin = first / 8;
  const std::size_t end = std::min(payload.size(), (first + width + 7) / 8);
  for (std::size_t i = begin; i < end; ++i) value |= std::uint64_t{payload[i]} << (8 * (i - begin));
  return static_cast<std::uint32_t>(value >> (first % 8) & ((std::uint64_t{1} << width) - 1));
}

void write_bits(MutableByteView payload, std::size_t first, std::size_t width,
                std::uint32_t value) {
  for (std::size_t i = 0; i < width; ++i) {
    if ((value >> i & 1U) != 0)
      payload[(first + i) / 8] |= static_cast<std::uint8_t>(1U << (first + i) % 8);
  }
}

/// Fills a command's fields from its payload.
class Reader {
 public:
  Reader(ByteView payload, WireFormat format) : payload_(payload), format_(format) {}

  template <class Tag, class T>
  void operator()(std::string_view, Bits at, Strong<Tag, T>& value) {
    value = Strong<Tag, T>{static_cast<T>(bits(at))};
  }
  template <class T>
  requires std::is_unsigned_v<T>
  void operator()(std::string_view, Bits at, T& value) { value = static_cast<T>(bits(at)); }
  void operator()(std::string_view, Bits at, std::int8_t& value) {
    const int raw = static_cast<int>(bits(at));
    value = static_cast<std::int8_t>(raw >> (at.width - 1) != 0 ? raw - (1 << at.width) : raw);
  }
  void operator()(std::string_view, Bits at, DeviceClass& value) {
    value = static_cast<DeviceClass>(bits(at));
  }
  void operator()(std::string_view, Bits at, std::chrono::seconds& value) {
    value = std::chrono::seconds{bits(at)};
  }
  void operator()(std::string_view, Bits at, Frequency& value) {
    value = Frequency::hz(std::uint64_t{bits(at)} * format_.frequency_step_hz);
  }
  void operator()(std::string_view, Bits at, Aes128Key& value) {
    value = Aes128Key::from(payload_.subspan(at.first / 8, Aes128Key::size));
  }
  void operator()(std::string_view, Biased at, std::int16_t& value) {
    const int raw = static_cast<int>(read_bits(payload_, at.first, at.width));
    value = static_cast<std::int16_t>(at.negated ? at.bias - raw : at.bias + raw);
  }
  void operator()(std::string_view, Tail at, Bytes& value) {
    value.assign(payload_.rbegin(), payload_.rend() - at.first);
  }

 private:
  std::uint32_t bits(Bits at) const { return read_bits(payload_, at.first, at.width); }

  ByteView payload_;
  WireFormat format_;
};

/// Writes a command's fields into a zeroed payload; remembers the first that does not fit.
class Writer {
 public:
  Writer(MutableByteView payload, WireFormat format) : payload_(payload), format_(format) {}

  template <class Tag, class T>
  void operator()(std::string_view name, Bits at, const Strong<Tag, T>& value) {
    put(name, at, value.value());
  }
  template <class T>
  requires std::is_unsigned_v<T>
  void operator()(std::string_view name, Bits at, const T& value) { put(name, at, value); }
  void operator()(std::string_view name, Bits at, const std::int8_t& value) {
    const int limit = 1 << (at.width - 1);
    if (value < -limit || value >= limit) return refuse(name, value, limit - 1);
    put(name, at, static_cast<std::uint32_t>(value) & at.limit());
  }
  void operator()(std::string_view name, Bits at, const DeviceClass& value) {
    put(name, at, static_cast<std::uint8_t>(value));
  }
  void operator()(std::string_view name, Bits at, const std::chrono::seconds& value) {
    put(name, at,
        value.count() < 0 ? std::numeric_limits<std::uint64_t>::max()
                          : static_cast<std::uint64_t>(value.count()));
  }
  void operator()(std::string_view name, Bits at, const Frequency& value) {
    const std::uint64_t step = format_.frequency_step_hz;
    if (step == 0 || value.hz() % step != 0) {
      return refuse(name, static_cast<std::int64_t>(value.hz()), static_cast<std::int64_t>(step));
    }
    put(name, at, value.hz() / step);
  }
  void operator()(std::string_view, Bits at, const Aes128Key& value) {
    std::copy_n(value.bytes().begin(), Aes128Key::size, payload_.begin() + at.first / 8);
  }
  void operator()(std::string_view name, Biased at, const std::int16_t& value) {
    const int raw = at.negated ? at.bias - value : value - at.bias;
    put(name, Bits{at.first, at.width},
        raw < 0 ? std::numeric_limits<std::uint64_t>::max() : static_cast<std::uint64_t>(raw));
  }
  void operator()(std::string_view, Tail at, const Bytes& value) {
    std::copy(value.rbegin(), value.rend(), payload_.begin() + at.first);
  }

  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  void put(std::string_view name, Bits at, std::uint64_t value) {
    if (value > at.limit()) return refuse(name, static_cast<std::int64_t>(value), at.limit());
    write_bits(payload_, at.first, at.width, static_cast<std::uint32_t>(value));
  }
  void refuse(std::string_view name, std::int64_t value, std::int64_t max) {
    if (error_) return;
    error_ = Error(field_with_max, {{"lorawan_field", name}, {"value", value}, {"max", max}});
  }

  MutableByteView payload_;
  WireFormat format_;
  std::optional<Error> error_;
};

template <class T>
std::size_t payload_size(const T&) noexcept {
  return T::kind.length;
}
std::size_t payload_size(const FilterListReq& command) noexcept {
  return FilterListReq::kind.length + command.eui.size();
}

template <class T>
std::optional<Error> check(const T&) {
  return std::nullopt;
}
std::optional<Error> check(const FilterListReq& command) {
  if (command.length == command.eui.size() && command.eui.size() <= eui_max) return std::nullopt;
  return Error(field_with_max, {{"lorawan_field", "length"},
                                {"value", command.eui.size()},
                                {"max", std::size_t{command.length}}});
}

/// Octets the payload at the start of `rest` needs; nothing if a length field is out of range.
template <class T>
std::optional<std::size_t> needed([[maybe_unused]] ByteView rest) {
  if constexpr (std::is_same_v<T, FilterListReq>) {
    if (rest.empty()) return T::kind.length;
    const std::size_t tail = rest[0] & 0x1f;
    if (tail > eui_max) return std::nullopt;
    return T::kind.length + tail;
  } else {
    return T::kind.length;
  }
}

/// What the decoder knows of one identifier in one direction.
struct Decoder {
  std::optional<std::size_t> (*needed)(ByteView rest) = nullptr;
  Command (*read)(ByteView payload, WireFormat format) = nullptr;
};
constexpr std::size_t cid_bound = 0x47;
using Decoders = std::array<std::array<Decoder, cid_bound>, 2>;

template <class T>
constexpr void add(Decoders& decoders) {
  decoders[static_cast<std::size_t>(T::kind.direction)][static_cast<std::size_t>(T::kind.cid)] = {
      needed<T>, [](ByteView payload, WireFormat format) -> Command {
        T command;
        Reader reader(payload, format);
        T::layout(command, reader);
        return command;
      }};
}

template <std::size_t... I>
constexpr Decoders make_decoders(std::index_sequence<I...>) {
  Decoders decoders{};
  (add<std::variant_alternative_t<I, Command>>(decoders), ...);
  return decoders;
}
constexpr Decoders decoders =
    make_decoders(std::make_index_sequence<std::variant_size_v<Command>>{});

DecodeStop decode_one(ByteView rest, Direction direction, WireFormat format, Decoded& decoded) {
  const std::uint8_t cid = rest[0];
  if (cid >= 0x80) return DecodeStop::proprietary;
  if (cid >= cid_bound) return DecodeStop::unknown;
  const Decoder& decoder = decoders[static_cast<std::size_t>(direction)][cid];
  if (decoder.read == nullptr) return DecodeStop::unknown;
  const auto size = decoder.needed(rest.subspan(1));
  if (!size || rest.size() - 1 < *size) return DecodeStop::truncated;
  decoded.commands.push_back(decoder.read(rest.subspan(1, *size), format));
  decoded.consumed += 1 + *size;
  return DecodeStop::end;
}

}  // namespace

std::size_t encoded_size(const Command& command) noexcept {
  return 1 + std::visit([](const auto& c) { return payload_size(c); }, command);
}

Status encode(const Command& command, WireFormat format, Bytes& out) {
  const std::size_t start = out.size();
  const auto error = std::visit(
      [&](const auto& c) -> std::optional<Error> {
        if (auto wrong = check(c)) return wrong;
        out.resize(start + 1 + payload_size(c));
        out[start] = static_cast<std::uint8_t>(c.kind.cid);
        Writer writer(MutableByteView(out).subspan(start + 1), format);
        c.layout(c, writer);
        return writer.error();
      },
      command);
  if (!error) return {};
  out.resize(start);
  const auto cid = static_cast<int>(cid_of(command));
  return fail(Error(encoding_mac_command, {{"cid", cid}}).caused_by(*error));
}

Result<Bytes> encode(std::span<const Command> commands, WireFormat format) {
  Bytes out;
  for (const Command& command : commands) FF_CHECK(encode(command, format, out));
  return out;
}

Error Decoded::error() const {
  const bool unknown = stop == DecodeStop::unknown || stop == DecodeStop::proprietary;
  return Error(unknown ? unknown_mac_command : decoding_mac_command, {{"cid", stop_cid}});
}

Decoded decode(ByteView bytes, Direction direction, WireFormat format) {
  Decoded decoded;
  while (decoded.consumed < bytes.size()) {
    const ByteView rest = bytes.subspan(decoded.consumed);
    decoded.stop = decode_one(rest, direction, format, decoded);
    if (decoded.stop == DecodeStop::end) continue;
    decoded.stop_cid = rest[0];
    break;
  }
  return decoded;
}

}  // namespace ff::mac
