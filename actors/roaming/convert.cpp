#include "actors/roaming/convert.hpp"

#include <algorithm>

#include "actors/roaming/errors.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/region/region.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;

constexpr std::size_t paths_max = 8;

Bytes octets(std::uint64_t value) {
  Bytes out;
  append_be<8>(out, value);
  return out;
}

bool can_answer(const RxMetadata& metadata) {
  return !metadata.uplink_token.empty() && !metadata.relay &&
         metadata.downlink_path_constraint != DownlinkPathConstraint::never;
}

bi::GwInfo gateway_info(const RxMetadata& metadata) {
  bi::GwInfo out;
  if (metadata.gateway.eui) out.id = octets(metadata.gateway.eui->value());
  out.rssi_dbm = metadata.rssi_dbm;
  out.snr_db = metadata.snr_db;
  if (metadata.location) {
    out.latitude = metadata.location->latitude;
    out.longitude = metadata.location->longitude;
  }
  out.dl_allowed = can_answer(metadata);
  return out;
}

/// Of the band's newest revision, as gateways have it. Null: unknown.
const region::DataRateEntry* downlink_entry(const region::Region& region, DataRateIndex index) {
  return region.data_rate(index, region::Direction::downlink);
}

Result<std::optional<RxWindow>> window_of(const region::Region& region,
                                          std::optional<DataRateIndex> index,
                                          std::optional<Frequency> frequency) {
  if (!index || !frequency) return std::optional<RxWindow>();
  const auto* entry = downlink_entry(region, *index);
  if (entry == nullptr) return fail(unknown_radio);
  return std::optional(RxWindow{entry->data_rate, *frequency});
}

Result<DataRateIndex> downlink_index(const region::Region& region, const DataRate& data_rate) {
  const auto index = region.downlink_data_rate_index(data_rate);
  if (!index) return fail(unknown_radio);
  return *index;
}

std::optional<DevAddr> address_of(const Bytes& phy_payload) {
  constexpr std::size_t end = 5;
  if (phy_payload.size() < end) return std::nullopt;
  return DevAddr{static_cast<std::uint32_t>(read_le<4>(ByteView(phy_payload).subspan(1)))};
}

RxMetadata metadata_of(const bi::GwInfo& gateway, NetId visited) {
  RxMetadata out;
  out.gateway.gateway_id = gateway_id_of(visited);
  if (gateway.id.size() == 8) out.gateway.eui = GatewayEui{read_be<8>(gateway.id)};
  out.rssi_dbm = gateway.rssi_dbm.value_or(0);
  out.channel_rssi_dbm = out.rssi_dbm;
  out.snr_db = gateway.snr_db.value_or(0);
  if (gateway.latitude && gateway.longitude)
    out.location = Location{.latitude = *gateway.latitude, .longitude = *gateway.longitude};
  return out;
}

UtcTime reception_of(const bi::UlMetaData& ul, UtcTime now) {
  const bool believed =
      ul.recv_time && *ul.recv_time <= now && *ul.recv_time + reception_age_max >= now;
  return believed ? *ul.recv_time : now;
}

Duration airtime_of(std::size_t size, const DataRate& data_rate, Frequency frequency) {
  return schedule::time_on_air(size, data_rate, frequency).value_or(Duration{0});
}

/// A partner's frame is for the device that was heard, of a kind that such a device waits for.
bool is_answer(const Heard& heard, ByteView phy_payload) {
  const auto decoded = phy::decode_frame(phy_payload);
  if (!decoded) return false;
  if (is_activation(heard.frame->phy_payload))
    return std::holds_alternative<phy::JoinAcceptView>(decoded->body);
  const auto* data = std::get_if<phy::DataFrameView>(&decoded->body);
  return data != nullptr && data->dev_addr == heard.dev_addr &&
         (data->m_type == phy::MType::unconfirmed_down ||
          data->m_type == phy::MType::confirmed_down);
}

}  // namespace

GatewayId gateway_id_of(NetId visited) {
  auto digits = to_string(visited);
  std::ranges::transform(digits, digits.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  });
  return GatewayId("roaming-" + digits);
}

Result<bi::UlMetaData> ul_meta_data(const Heard& heard) {
  const auto& frame = *heard.frame;
  const auto* region = region::find_latest(frame.band_id);
  const auto index =
      region != nullptr ? region->uplink_data_rate_index(frame.settings.data_rate) : std::nullopt;
  bi::UlMetaData out;
  out.rf_region = bi::rf_region_of(frame.band_id);
  if (!index || out.rf_region.empty()) return fail(unknown_radio);
  out.dev_eui = heard.dev_eui;
  out.dev_addr = heard.dev_addr;
  out.data_rate = *index;
  out.ul_freq = frame.settings.frequency;
  out.recv_time = frame.received_at;
  out.fns_ul_token = heard.token;
  for (const auto& metadata : heard.rx_metadata) out.gateways.push_back(gateway_info(metadata));
  return out;
}

Result<DownlinkFrame> downlink_of(const Heard& heard, const Bytes& phy_payload,
                                  const bi::DlMetaData& dl) {
  if (dl.class_mode != bi::ClassMode::a) return fail(only_class_a);
  if (!is_answer(heard, phy_payload)) return fail(not_an_answer);
  const auto* region = region::find_latest(heard.frame->band_id);
  if (region == nullptr) return fail(unknown_radio);
  DownlinkFrame out;
  out.phy_payload = phy_payload;
  auto& request = out.request;
  request.rx1_delay = std::chrono::seconds{std::max<std::uint8_t>(dl.rx_delay_1, 1)};
  FF_TRY(request.rx1, window_of(*region, dl.data_rate_1, dl.dl_freq_1));
  FF_TRY(request.rx2, window_of(*region, dl.data_rate_2, dl.dl_freq_2));
  request.priority = dl.high_priority ? TxPriority::highest : TxPriority::high;
  std::vector<const RxMetadata*> usable;
  for (const auto& metadata : heard.rx_metadata) {
    if (can_answer(metadata)) usable.push_back(&metadata);
  }
  std::ranges::stable_sort(usable, [](const RxMetadata* a, const RxMetadata* b) {
    if (a->downlink_path_constraint != b->downlink_path_constraint)
      return a->downlink_path_constraint < b->downlink_path_constraint;
    return a->snr_db != b->snr_db ? a->snr_db > b->snr_db : a->rssi_dbm > b->rssi_dbm;
  });
  for (const auto* metadata : usable) {
    if (request.paths.size() == paths_max) break;
    request.paths.push_back({metadata->gateway, metadata->antenna_index, metadata->uplink_token});
  }
  out.correlation_ids = heard.frame->correlation_ids;
  return out;
}

Result<UplinkFrame> uplink_of(const Bytes& phy_payload, const bi::UlMetaData& ul,
                              const Origin& origin) {
  const auto* region = region::find_latest(bi::band_of(ul.rf_region));
  const auto* entry =
      region != nullptr ? region->data_rate(ul.data_rate, region::Direction::uplink) : nullptr;
  if (entry == nullptr) return fail(unknown_radio);
  UplinkFrame out;
  out.phy_payload = phy_payload;
  out.band_id = region->band_id;
  out.received_at = reception_of(ul, origin.now);
  out.settings.data_rate = entry->data_rate;
  out.settings.frequency = ul.ul_freq;
  out.settings.time = ul.recv_time;
  for (const auto& gateway : ul.gateways)
    out.rx_metadata.push_back(metadata_of(gateway, origin.visited));
  if (out.rx_metadata.empty()) out.rx_metadata.push_back(metadata_of({}, origin.visited));
  for (auto& metadata : out.rx_metadata) metadata.received_at = out.received_at;
  // One path: which of its gateways answers is the partner's choice.
  const bool silent =
      !ul.gateways.empty() &&
      std::ranges::none_of(ul.gateways, [](const auto& one) { return one.dl_allowed; });
  if (silent) return out;
  const UplinkToken token{.visited = origin.visited,
                          .exchange = origin.exchange,
                          .received_at = origin.now,
                          .dev_eui = origin.dev_eui,
                          .band_id = out.band_id,
                          .forwarder = ul.fns_ul_token};
  out.rx_metadata.front().uplink_token = encode_uplink_token(token);
  return out;
}

Result<bi::DlMetaData> dl_meta_data(const DownlinkFrame& frame, const UplinkToken& token) {
  const auto& request = frame.request;
  const auto* region = region::find_latest(token.band_id);
  if (request.device_class != DeviceClass::a) return fail(only_class_a);
  if (region == nullptr) return fail(unknown_radio);
  bi::DlMetaData out;
  out.fns_ul_token = token.forwarder;
  out.rx_delay_1 = static_cast<std::uint8_t>(request.rx1_delay.count());
  out.high_priority = request.priority == TxPriority::highest;
  if (is_join_accept(frame.phy_payload)) {
    out.dev_eui = token.dev_eui;
  } else {
    out.dev_addr = address_of(frame.phy_payload);
  }
  if (request.rx1) {
    FF_TRY(out.data_rate_1, downlink_index(*region, request.rx1->data_rate));
    out.dl_freq_1 = request.rx1->frequency;
  }
  if (request.rx2) {
    FF_TRY(out.data_rate_2, downlink_index(*region, request.rx2->data_rate));
    out.dl_freq_2 = request.rx2->frequency;
  }
  return out;
}

bi::Outcome refusal_of(const Error& error, bool is_join) {
  auto outcome = bi::outcome_of(error, is_join ? bi::Purpose::join : bi::Purpose::other);
  if (error.name() == "device_not_found")
    outcome.code = is_join ? bi::ResultCode::unknown_dev_eui : bi::ResultCode::unknown_dev_addr;
  if (error.name() == "duplicate_uplink") outcome.code = bi::ResultCode::frame_replayed;
  if (error.name() == "unknown_radio") outcome.code = bi::ResultCode::malformed;
  if (error.is(limit_reached)) outcome.code = bi::ResultCode::deferred;
  return outcome;
}

Rated rated_of(const UplinkFrame& frame) {
  const auto size = frame.phy_payload.size();
  return {size, airtime_of(size, frame.settings.data_rate, frame.settings.frequency)};
}

Rated rated_of(const DownlinkFrame& frame) {
  const auto size = frame.phy_payload.size();
  const auto& window = frame.request.rx1 ? frame.request.rx1 : frame.request.rx2;
  return {size, window ? airtime_of(size, window->data_rate, window->frequency) : Duration{0}};
}

bool is_join_accept(ByteView phy_payload) noexcept {
  return !phy_payload.empty() && phy::decode_mhdr(phy_payload[0]).m_type == phy::MType::join_accept;
}

bool is_activation(ByteView phy_payload) noexcept {
  if (phy_payload.empty()) return false;
  const auto m_type = phy::decode_mhdr(phy_payload[0]).m_type;
  return m_type == phy::MType::join_request || m_type == phy::MType::rejoin_request;
}

std::optional<NetId> net_id_of(const phy::FrameView& frame) noexcept {
  const auto* rejoin = std::get_if<phy::RejoinRequestView>(&frame.body);
  if (rejoin == nullptr || rejoin->request.type == phy::RejoinType::full_context)
    return std::nullopt;
  return rejoin->request.net_id;
}

}  // namespace ff::roaming
