#include "protocol/formatter/wire.hpp"

#include <algorithm>

namespace ff::formatter {
namespace {

enum class Frame : std::uint8_t { call = 1, answer = 2, ready = 3 };

constexpr std::size_t length_size = 4;
/// Findings of one answer.
constexpr std::size_t paths_max = 64;
/// For a lasting realm and for fresh globals.
constexpr std::size_t compilations_max = 2;

Bytes begin(Frame frame) {
  Bytes out(length_size);
  out.push_back(static_cast<std::uint8_t>(frame));
  return out;
}

Bytes finish(Bytes out) {
  write_be<length_size>(out, out.size() - length_size);
  return out;
}

void put(Bytes& out, ByteView bytes) {
  append_be<4>(out, bytes.size());
  append(out, bytes);
}

/// Takes values from the front; after the first that is not there all are empty, and `ok` is false.
struct Taker {
  ByteView rest;
  bool ok = true;

  ByteView octets(std::size_t size) {
    ok = ok && rest.size() >= size;
    if (!ok) return {};
    const auto out = rest.first(size);
    rest = rest.subspan(size);
    return out;
  }
  template <std::size_t N>
  std::uint64_t number() {
    const auto bytes = octets(N);
    return ok ? read_be<N>(bytes) : 0;
  }
  bool flag() {
    const auto value = number<1>();
    ok = ok && value <= 1;
    return value == 1;
  }
  ByteView text() {
    const auto size = number<4>();
    return octets(size);
  }
  template <class Enum>
  Enum choice(Enum last) {
    const auto value = number<1>();
    ok = ok && value <= static_cast<std::uint64_t>(last);
    return ok ? static_cast<Enum>(value) : Enum{};
  }
  bool finished(Frame frame, std::uint64_t found) const {
    return ok && rest.empty() && found == static_cast<std::uint64_t>(frame);
  }
};

std::optional<FromWorker> decode_answer(Taker in) {
  Answer out;
  out.id = static_cast<std::uint32_t>(in.number<4>());
  out.ending = in.choice(Ending::bad_output);
  out.retires = in.flag();
  out.text = as_text(in.text());
  if (in.flag()) out.normalized = as_text(in.text());
  const auto paths = in.number<1>();
  if (paths > paths_max) return std::nullopt;
  for (std::uint64_t i = 0; i < paths && in.ok; ++i) out.paths.emplace_back(as_text(in.text()));
  const auto compilations = in.number<1>();
  if (compilations > compilations_max) return std::nullopt;
  for (std::uint64_t i = 0; i < compilations && in.ok; ++i) {
    const bool ok = in.flag();
    out.compilations.push_back({ok, std::chrono::microseconds{in.number<4>()}});
  }
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return out;
}

}  // namespace

Bytes encode(const Call& call) {
  auto out = begin(Frame::call);
  append_be<4>(out, call.id);
  out.push_back(static_cast<std::uint8_t>(call.function));
  append(out, call.key);
  out.push_back(call.f_port);
  out.push_back(call.received_at ? 1 : 0);
  if (call.received_at)
    append_be<8>(out, static_cast<std::uint64_t>(call.received_at->time_since_epoch().count()));
  put(out, call.input);
  out.push_back(call.script ? 1 : 0);
  if (call.script) put(out, as_bytes(*call.script));
  return finish(std::move(out));
}

Bytes encode(const Answer& answer) {
  auto out = begin(Frame::answer);
  append_be<4>(out, answer.id);
  out.push_back(static_cast<std::uint8_t>(answer.ending));
  out.push_back(answer.retires ? 1 : 0);
  put(out, as_bytes(answer.text));
  out.push_back(answer.normalized ? 1 : 0);
  if (answer.normalized) put(out, as_bytes(*answer.normalized));
  const auto paths = std::min(answer.paths.size(), paths_max);
  out.push_back(static_cast<std::uint8_t>(paths));
  for (std::size_t i = 0; i < paths; ++i) put(out, as_bytes(answer.paths[i]));
  const auto compilations = std::min(answer.compilations.size(), compilations_max);
  out.push_back(static_cast<std::uint8_t>(compilations));
  for (std::size_t i = 0; i < compilations; ++i) {
    out.push_back(answer.compilations[i].ok ? 1 : 0);
    append_be<4>(out, static_cast<std::uint64_t>(answer.compilations[i].took.count()));
  }
  return finish(std::move(out));
}

Bytes encode(const Ready& ready) {
  auto out = begin(Frame::ready);
  append_be<4>(out, ready.version);
  return finish(std::move(out));
}

std::optional<Call> decode_call(ByteView body) {
  Taker in{body};
  const auto frame = in.number<1>();
  Call out;
  out.id = static_cast<std::uint32_t>(in.number<4>());
  out.function = in.choice(Function::decode_downlink);
  const auto key = in.octets(out.key.size());
  std::copy(key.begin(), key.end(), out.key.begin());
  out.f_port = static_cast<std::uint8_t>(in.number<1>());
  if (in.flag())
    out.received_at = UtcTime{UtcTime::duration{static_cast<std::int64_t>(in.number<8>())}};
  out.input = to_owned(in.text());
  if (in.flag()) out.script = as_text(in.text());
  if (!in.finished(Frame::call, frame)) return std::nullopt;
  return out;
}

std::optional<FromWorker> decode_from_worker(ByteView body) {
  Taker in{body};
  const auto frame = in.number<1>();
  if (in.ok && frame == static_cast<std::uint64_t>(Frame::answer)) return decode_answer(in);
  const Ready ready{static_cast<std::uint32_t>(in.number<4>())};
  if (!in.finished(Frame::ready, frame)) return std::nullopt;
  return ready;
}

void FrameReader::append(ByteView bytes) {
  if (taken_ == buffer_.size()) {
    buffer_.clear();
    taken_ = 0;
  }
  ff::append(buffer_, bytes);
}

std::optional<Bytes> FrameReader::next() {
  const auto waiting = ByteView(buffer_).subspan(taken_);
  if (!sound_ || waiting.size() < length_size) return std::nullopt;
  const auto size = read_be<length_size>(waiting);
  if (size > body_max) {
    sound_ = false;
    return std::nullopt;
  }
  if (waiting.size() < length_size + size) {
    // What has been taken must not pile up in front of a long frame.
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    return std::nullopt;
  }
  taken_ += length_size + size;
  return to_owned(waiting.subspan(length_size, size));
}

}  // namespace ff::formatter
