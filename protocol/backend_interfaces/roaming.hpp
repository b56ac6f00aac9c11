// Messages of passive roaming as values: what a forwarding network tells a serving or home network
// of an uplink, and what comes back for the air. [TS002-1.1 §11, §17; TS002-1.0 §11]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/backend_interfaces/result.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"

namespace ff::backend_interfaces {

/// A key: 16 bytes in clear, or wrapped if there is a label.
struct Key {
  std::string kek_label;
  Bytes aes_key;
  bool operator==(const Key&) const = default;
};

/// One gateway's reception.
struct GwInfo {
  Bytes id;  // empty: not said
  std::optional<float> rssi_dbm;
  std::optional<float> snr_db;
  std::optional<double> latitude;  // degrees
  std::optional<double> longitude;
  Bytes ul_token;  // empty: none
  bool dl_allowed = false;
  bool operator==(const GwInfo&) const = default;
};

/// Gateways of one message; more are left out.
inline constexpr std::size_t gateways_max = 50;

struct UlMetaData {
  std::optional<DevEui> dev_eui;
  std::optional<DevAddr> dev_addr;
  std::optional<std::uint32_t> f_cnt_up;
  DataRateIndex data_rate;
  Frequency ul_freq;
  std::optional<UtcTime> recv_time;
  std::string rf_region;  // `EU868`
  Bytes fns_ul_token;     // empty: none
  std::vector<GwInfo> gateways;
  bool operator==(const UlMetaData&) const = default;
};

enum class ClassMode : std::uint8_t { a, b, c };

struct DlMetaData {
  std::optional<DevEui> dev_eui;
  std::optional<DevAddr> dev_addr;
  std::optional<Frequency> dl_freq_1;
  std::optional<Frequency> dl_freq_2;
  std::uint8_t rx_delay_1 = 1;  // seconds
  ClassMode class_mode = ClassMode::a;
  std::optional<DataRateIndex> data_rate_1;
  std::optional<DataRateIndex> data_rate_2;
  Bytes fns_ul_token;  // empty: none
  bool high_priority = false;
  std::vector<GwInfo> gateways;  // that may send it: id and ul_token alone are written and read
  bool operator==(const DlMetaData&) const = default;
};

struct PrStartReq {
  Bytes phy_payload;
  UlMetaData ul;
  bool operator==(const PrStartReq&) const = default;
};
/// Without a lifetime, or with 0: stateless, this frame only.
struct PrStartAns {
  Outcome result;
  Bytes phy_payload;  // a downlink at once, with `dl`; empty: none
  std::optional<DlMetaData> dl;
  std::optional<std::uint32_t> lifetime;  // seconds
  std::optional<DevEui> dev_eui;
  std::optional<Key> nwk_s_key;        // 1.0.x devices
  std::optional<Key> f_nwk_s_int_key;  // 1.1 devices
  std::optional<std::uint32_t> f_cnt_up;
  bool operator==(const PrStartAns&) const = default;
};
struct PrStopReq {
  std::optional<DevEui> dev_eui;
  std::optional<DevAddr> dev_addr;
  std::optional<std::uint32_t> lifetime;  // seconds until a PRStartReq is welcome again
  bool operator==(const PrStopReq&) const = default;
};
/// An uplink has `ul`, a downlink `dl`; one of the two.
struct XmitDataReq {
  Bytes phy_payload;
  std::optional<UlMetaData> ul;
  std::optional<DlMetaData> dl;
  bool operator==(const XmitDataReq&) const = default;
};
/// For a downlink: the frequency of the window that is used.
struct XmitDataAns {
  Outcome result;
  std::optional<Frequency> dl_freq_1;
  std::optional<Frequency> dl_freq_2;
  bool operator==(const XmitDataAns&) const = default;
};

/// ON-WIRE: RFRegion of a band, `EU868` of `EU_863_870`; empty for a band without one.
std::string_view rf_region_of(std::string_view band_id) noexcept;
/// The band of an RFRegion, in any case; empty for one that is not known.
std::string_view band_of(std::string_view rf_region) noexcept;

}  // namespace ff::backend_interfaces
