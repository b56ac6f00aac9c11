#include "protocol/gateway/basic_station/downstream.hpp"

#include "protocol/base/hex.hpp"
#include "protocol/gateway/basic_station/json_text.hpp"
#include "protocol/gateway/basic_station/station_rates.hpp"

namespace ff::gateway::basic_station {
namespace {

/// The station sends `RxDelay` seconds after `xtime`.
constexpr std::int64_t rx_delay_us = 1'000'000;

std::int64_t gps_us(UtcTime time) {
  return std::chrono::floor<std::chrono::microseconds>(to_gps(time).time_since_epoch()).count();
}

}  // namespace

Result<std::string> downlink_message(const GatewayDownlink& downlink, std::uint16_t diid,
                                     std::optional<XTime> starts, const region::Region& region,
                                     UtcTime now) {
  const auto index = station_downlink_index(region, downlink.data_rate);
  if (!index) return fail(unknown_data_rate);
  const auto rate = std::to_string(index->value());
  const auto frequency = std::to_string(downlink.frequency.hz());
  const bool is_absolute = downlink.absolute_time.has_value();
  if (!is_absolute && !starts) return fail(session_state_not_found);
  // A station wants a DevEui, and gives it back; ours would say nothing.
  std::string out = R"({"msgtype":"dnmsg","DevEui":"00-00-00-00-00-00-00-01","dC":)";
  out += is_absolute ? '1' : '0';
  out += R"(,"diid":)" + std::to_string(diid) + R"(,"pdu":")" + hex_lower(downlink.phy_payload) +
         R"(","priority":25,"rctx":)" + std::to_string(downlink.antenna_index) + R"(,"MuxTime":)" +
         seconds_text(now);
  if (is_absolute) {
    out += R"(,"DR":)" + rate + R"(,"Freq":)" + frequency + R"(,"gpstime":)" +
           std::to_string(gps_us(*downlink.absolute_time));
  } else {
    out += R"(,"RxDelay":1,"RX1DR":)" + rate + R"(,"RX1Freq":)" + frequency + R"(,"xtime":)" +
           std::to_string(starts->plus(-rx_delay_us).value());
  }
  return out += '}';
}

std::string time_sync_answer(std::int64_t txtime, UtcTime now) {
  return R"({"msgtype":"timesync","txtime":)" + std::to_string(txtime) + R"(,"gpstime":)" +
         std::to_string(gps_us(now)) + R"(,"MuxTime":)" + seconds_text(now) + "}";
}

std::string time_sync_request(UtcTime now) {
  return R"({"msgtype":"timesync","gpstime":0,"MuxTime":)" + seconds_text(now) + "}";
}

}  // namespace ff::gateway::basic_station
