#include "protocol/gateway/semtech_udp/pull_resp.hpp"

#include <algorithm>
#include <cmath>

#include "protocol/base/base64.hpp"

namespace ff::gateway::semtech_udp {
namespace {

/// `868.1` for 868100000.
std::string megahertz(Frequency frequency) {
  auto text = std::to_string(frequency.hz() / 1'000'000);
  auto decimals = std::to_string(1'000'000 + frequency.hz() % 1'000'000).substr(1);
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return decimals.empty() ? text : text + "." + decimals;
}

/// Power of a dipole that radiates as much; what the concentrator is told.
int erp_dbm(float eirp_dbm) {
  constexpr double dipole_gain_dbi = 2.15;
  // 16.15 is 16.149999 as a float; it must not become 13.
  constexpr double rounding_slack = 1e-3;
  const auto power = std::floor(double{eirp_dbm} - dipole_gain_dbi + rounding_slack);
  return static_cast<int>(std::clamp(power, 0.0, 255.0));
}

void append_start(std::string& out, const GatewayDownlink& downlink) {
  if (downlink.absolute_time) {
    const auto gps = to_gps(*downlink.absolute_time).time_since_epoch();
    out += R"("imme":false,"tmms":)" +
           std::to_string(std::chrono::floor<std::chrono::milliseconds>(gps).count());
  } else if (downlink.timestamp_us) {
    out += R"("imme":false,"tmst":)" + std::to_string(*downlink.timestamp_us);
  } else {
    out += R"("imme":true)";
  }
}

void append_modulation(std::string& out, const GatewayDownlink& downlink) {
  if (const auto* lora = std::get_if<LoraDataRate>(&downlink.data_rate)) {
    out += R"("modu":"LORA","datr":")" + to_string(downlink.data_rate) + R"(","codr":")" +
           to_string(lora->coding_rate) + '"';
  } else if (const auto* fsk = std::get_if<FskDataRate>(&downlink.data_rate)) {
    out += R"("modu":"FSK","datr":)" + std::to_string(fsk->bit_rate_bps) + R"(,"fdev":)" +
           std::to_string(fsk->bit_rate_bps / 2);
  } else {
    out += R"("modu":"LR-FHSS","datr":")" + to_string(downlink.data_rate) + '"';
  }
}

}  // namespace

std::string pull_resp_json(const GatewayDownlink& downlink) {
  std::string out;
  out.reserve(256 + downlink.phy_payload.size() * 2);
  out += R"({"txpk":{)";
  append_start(out, downlink);
  out += R"(,"freq":)" + megahertz(downlink.frequency) + R"(,"rfch":0,"powe":)" +
         std::to_string(erp_dbm(downlink.eirp_dbm)) + ',';
  append_modulation(out, downlink);
  out += R"(,"ipol":)";
  out += downlink.invert_polarization ? "true" : "false";
  out += R"(,"size":)" + std::to_string(downlink.phy_payload.size());
  if (!downlink.enable_crc) out += R"(,"ncrc":true)";
  out += R"(,"data":")";
  base64_append(out, downlink.phy_payload);
  out += R"("}})";
  return out;
}

}  // namespace ff::gateway::semtech_udp
