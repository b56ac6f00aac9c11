#include "protocol/clock_sync/command.hpp"

#include <optional>

#include "protocol/base/hex.hpp"

namespace ff::clock_sync {
namespace {

std::uint32_t word(ByteView bytes) {
  return static_cast<std::uint32_t>(read_le<4>(bytes));
}

/// Bytes behind the identifier; nothing: there is no such command.
std::optional<std::size_t> up_size(std::uint8_t cid) {
  switch (static_cast<Cid>(cid)) {
    case Cid::package_version:
      return 2;
    case Cid::app_time:
    case Cid::periodicity:
      return 5;
    default:
      return std::nullopt;
  }
}
std::optional<std::size_t> down_size(std::uint8_t cid) {
  switch (static_cast<Cid>(cid)) {
    case Cid::package_version:
      return 0;
    case Cid::app_time:
      return 5;
    case Cid::periodicity:
    case Cid::force_resync:
      return 1;
    default:
      return std::nullopt;
  }
}

UpCommand read_up(Cid cid, ByteView body) {
  if (cid == Cid::package_version) return PackageVersionAns{body[0], body[1]};
  if (cid == Cid::periodicity) return PeriodicityAns{(body[0] & 0x01U) != 0, word(body.subspan(1))};
  return AppTimeReq{word(body), static_cast<std::uint8_t>(body[4] & 0x0FU), (body[4] & 0x10U) != 0};
}
DownCommand read_down(Cid cid, ByteView body) {
  switch (cid) {
    case Cid::package_version:
      return PackageVersionReq{};
    case Cid::periodicity:
      return PeriodicityReq{static_cast<std::uint8_t>(body[0] & 0x0FU)};
    case Cid::force_resync:
      return ForceResyncReq{static_cast<std::uint8_t>(body[0] & 0x07U)};
    default:
      return AppTimeAns{static_cast<std::int32_t>(word(body)),
                        static_cast<std::uint8_t>(body[4] & 0x0FU)};
  }
}

template <class Command>
Parsed<Command> parse(ByteView rest, std::optional<std::size_t> (*size_of)(std::uint8_t),
                      Command (*read)(Cid, ByteView)) {
  Parsed<Command> out;
  while (!rest.empty()) {
    const auto cid = rest[0];
    const auto body = rest.subspan(1);
    const auto size = size_of(cid);
    if (!size) {
      out.rest = fail(unknown_command, {{"command_id", cid}, {"command_payload", hex_lower(body)}});
      break;
    }
    if (body.size() < *size) {
      out.rest =
          fail(insufficient_length, {{"expected_length", *size}, {"actual_length", body.size()}});
      break;
    }
    out.commands.push_back(read(static_cast<Cid>(cid), body.first(*size)));
    rest = body.subspan(*size);
  }
  return out;
}

struct Writer {
  Bytes& out;

  void operator()(const PackageVersionAns& command) const {
    out.push_back(command.identifier);
    out.push_back(command.version);
  }
  void operator()(const AppTimeReq& command) const {
    append_le<4>(out, command.device_time);
    out.push_back(
        static_cast<std::uint8_t>((command.token & 0x0FU) | (command.ans_required ? 0x10U : 0U)));
  }
  void operator()(const PeriodicityAns& command) const {
    out.push_back(command.not_supported ? 1 : 0);
    append_le<4>(out, command.device_time);
  }
  void operator()(const PackageVersionReq&) const {}
  void operator()(const AppTimeAns& command) const {
    append_le<4>(out, static_cast<std::uint32_t>(command.correction));
    out.push_back(command.token & 0x0FU);
  }
  void operator()(const PeriodicityReq& command) const { out.push_back(command.period & 0x0FU); }
  void operator()(const ForceResyncReq& command) const {
    out.push_back(command.transmissions & 0x07U);
  }
};

}  // namespace

Cid cid_of(const UpCommand& command) noexcept {
  constexpr Cid cids[] = {Cid::package_version, Cid::app_time, Cid::periodicity};
  return cids[command.index()];
}
Cid cid_of(const DownCommand& command) noexcept {
  return static_cast<Cid>(command.index());
}

Parsed<UpCommand> parse_up(ByteView payload) {
  return parse<UpCommand>(payload, up_size, read_up);
}
Parsed<DownCommand> parse_down(ByteView payload) {
  return parse<DownCommand>(payload, down_size, read_down);
}

void append(Bytes& out, const UpCommand& command) {
  out.push_back(static_cast<std::uint8_t>(cid_of(command)));
  std::visit(Writer{out}, command);
}
void append(Bytes& out, const DownCommand& command) {
  out.push_back(static_cast<std::uint8_t>(cid_of(command)));
  std::visit(Writer{out}, command);
}

}  // namespace ff::clock_sync
