#include "app/api/up_csv.hpp"

#include <gtest/gtest.h>

#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {
namespace {

std::string line(const char* json) {
  ttn::lorawan::v3::ApplicationUp up;
  EXPECT_TRUE(api_json::from_json(json, up));
  return csv_line(up);
}

TEST(UpCsv, AnUplinkWithTheGatewayThatHeardItBest) {
  EXPECT_EQ(
      line(R"({"end_device_ids":{"device_id":"d","application_ids":{"application_id":"a"},
               "dev_eui":"A81758FFFE0412BC","dev_addr":"260B4F1D"},
               "received_at":"2025-02-11T08:31:07.5Z","simulated":true,"uplink_message":{
               "f_port":2,"f_cnt":7,"frm_payload":"AQID","confirmed":true,
               "decoded_payload":{"t":1.5,"who":"\"me\", too"},
               "rx_metadata":[{"gateway_ids":{"gateway_id":"far"},"rssi":-110,"snr":-3},
                              {"gateway_ids":{"gateway_id":"near"},"rssi":-60.5,"snr":9.25}],
               "settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7}},
                           "frequency":"868100000"}}})"),
      "2025-02-11T08:31:07.500Z,a,d,a81758fffe0412bc,,260b4f1d,uplink_message,true,2,7,true,010203,"
      "\"{\"\"t\"\":1.5,\"\"who\"\":\"\"\\\"\"me\\\"\", too\"\"}\",2,near,-60.5,9.25,868100000,7,"
      "125000,\r\n");
}

TEST(UpCsv, OtherKindsAreInTheLastColumnWhole) {
  EXPECT_EQ(
      line(R"({"downlink_failed":{"downlink":{"f_port":3,"frm_payload":"AQ=="},
                     "error":{"name":"x"}}})"),
      ",,,,,,downlink_failed,false,3,0,false,01,,,,,,,,,"
      "\"{\"\"downlink\"\":{\"\"f_port\"\":3,\"\"frm_payload\"\":\"\"AQ==\"\"},\"\"error\"\":{"
      "\"\"name\"\":\"\"x\"\"}}\"\r\n");
  EXPECT_EQ(line("{}"), ",,,,,,,false,,,,,,,,,,,,,\r\n");
}

}  // namespace
}  // namespace ff::api
