#include "protocol/mac/command/command.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "protocol/base/hex.hpp"

namespace ff::mac {
namespace {

using enum Initiator;
constexpr auto v10 = MacVersion::v1_0;
constexpr auto v102 = MacVersion::v1_0_2;
constexpr auto v103 = MacVersion::v1_0_3;
constexpr auto v11 = MacVersion::v1_1;

constexpr std::array table{
    CommandInfo{Cid::reset, "reset", device, v11},
    CommandInfo{Cid::link_check, "link_check", device, v10},
    CommandInfo{Cid::link_adr, "link_adr", network, v10},
    CommandInfo{Cid::duty_cycle, "duty_cycle", network, v10},
    CommandInfo{Cid::rx_param_setup, "rx_param_setup", network, v10, false, true},
    CommandInfo{Cid::dev_status, "dev_status", network, v10},
    CommandInfo{Cid::new_channel, "new_channel", network, v10},
    CommandInfo{Cid::rx_timing_setup, "rx_timing_setup", network, v10, false, true},
    CommandInfo{Cid::tx_param_setup, "tx_param_setup", network, v102, false, true},
    CommandInfo{Cid::dl_channel, "dl_channel", network, v102, false, true},
    CommandInfo{Cid::rekey, "rekey", device, v11},
    CommandInfo{Cid::adr_param_setup, "adr_param_setup", network, v11},
    CommandInfo{Cid::device_time, "device_time", device, v103},
    CommandInfo{Cid::force_rejoin, "force_rejoin", network, v11},
    CommandInfo{Cid::rejoin_param_setup, "rejoin_param_setup", network, v11},
    CommandInfo{Cid::ping_slot_info, "ping_slot_info", device, v102},
    CommandInfo{Cid::ping_slot_channel, "ping_slot_channel", network, v102},
    CommandInfo{Cid::beacon_timing, "beacon_timing", device, v102},
    CommandInfo{Cid::beacon_freq, "beacon_freq", network, v102},
    CommandInfo{Cid::device_mode, "device_mode", device, v11},
    CommandInfo{Cid::relay_conf, "relay_conf", network, v10, true},
    CommandInfo{Cid::relay_end_device_conf, "relay_end_device_conf", network, v10, true},
    CommandInfo{Cid::relay_filter_list, "relay_filter_list", network, v10, true},
    CommandInfo{Cid::relay_update_uplink_list, "relay_update_uplink_list", network, v10, true},
    CommandInfo{Cid::relay_ctrl_uplink_list, "relay_ctrl_uplink_list", network, v10, true},
    CommandInfo{Cid::relay_configure_fwd_limit, "relay_configure_fwd_limit", network, v10, true},
    CommandInfo{Cid::relay_notify_new_end_device, "relay_notify_new_end_device", device, v10, true},
};
static_assert(std::is_sorted(table.begin(), table.end(),
                             [](const CommandInfo& a, const CommandInfo& b) {
                               return a.cid < b.cid;
                             }));

const CommandKind& kind_of(const Command& command) noexcept {
  return std::visit([](const auto& c) -> const CommandKind& { return c.kind; }, command);
}

/// Appends `name=value` pairs.
class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  template <class At, class T>
  void operator()(std::string_view name, const At&, const T& value) {
    out_ += first_ ? "{" : ", ";
    first_ = false;
    out_ += name;
    out_ += '=';
    print(value);
  }
  void close() { out_ += first_ ? "" : "}"; }

 private:
  template <class Tag, class T>
  void print(const Strong<Tag, T>& value) {
    out_ += std::to_string(value.value());
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void print(T value) { out_ += std::to_string(+value); }
  void print(bool value) { out_ += value ? "true" : "false"; }
  void print(DevAddr value) { out_ += ff::to_string(value); }
  void print(DeviceClass value) { out_ += std::to_string(static_cast<int>(value)); }
  void print(Frequency value) { out_ += std::to_string(value.hz()); }
  void print(std::chrono::seconds value) { out_ += std::to_string(value.count()); }
  void print(const Aes128Key&) { out_ += "<key>"; }
  void print(const Bytes& value) { out_ += hex_lower(value); }

  std::string& out_;
  bool first_ = true;
};

}  // namespace

std::span<const CommandInfo> command_table() noexcept {
  return table;
}

const CommandInfo* command_info(Cid cid) noexcept {
  const auto* row =
      std::lower_bound(table.begin(), table.end(), cid,
                       [](const CommandInfo& info, Cid key) { return info.cid < key; });
  return row != table.end() && row->cid == cid ? row : nullptr;
}

std::string_view name_of(Cid cid) noexcept {
  const CommandInfo* info = command_info(cid);
  return info == nullptr ? std::string_view{} : info->name;
}

bool is_defined(Cid cid, MacVersion version) noexcept {
  const CommandInfo* info = command_info(cid);
  if (info == nullptr) return false;
  // Deprecated in 1.0.3 and gone in 1.0.4; 1.1 still has it. [TS001-1.0.4 §1.2]
  if (cid == Cid::beacon_timing && version == MacVersion::v1_0_4) return false;
  return at_least(version, info->since);
}

Cid cid_of(const Command& command) noexcept {
  return kind_of(command).cid;
}
Direction direction_of(const Command& command) noexcept {
  return kind_of(command).direction;
}
std::string_view name_of(const Command& command) noexcept {
  return kind_of(command).name;
}

std::string to_string(const Command& command) {
  std::string text(name_of(command));
  Printer printer(text);
  std::visit([&](const auto& c) { c.layout(c, printer); }, command);
  printer.close();
  return text;
}

}  // namespace ff::mac
