// What methods need.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/api/services/base/rights.hpp"

namespace ff::api {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

TEST(NeededRights, DependOnTheFieldsThatAreAskedFor) {
  const std::vector<std::string> plain = {"name"};
  const std::vector<std::string> keys = {"session.keys.f_nwk_s_int_key.key"};
  const std::vector<std::string> all_of_session = {"session"};
  EXPECT_EQ(needed_rights("ttn.lorawan.v3.NsEndDeviceRegistry/Get", plain),
            RightSet{RIGHT_APPLICATION_DEVICES_READ});
  EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Get", keys),
            (RightSet{RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_READ_KEYS}));
  EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Get", all_of_session),
            (RightSet{RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_TRAFFIC_READ,
                      RIGHT_APPLICATION_DEVICES_READ_KEYS}));
}

TEST(NeededRights, OfAFieldAreThoseOfEachOfItsParts) {
  struct Part {
    const char* method;
    const char* path;
    Right right;
  };
  for (const auto& part :
       {Part{"GatewayRegistry/Get", "lbs_lns_secret.value", RIGHT_GATEWAY_READ_SECRETS},
        Part{"GatewayRegistry/Get", "target_cups_key.key_id", RIGHT_GATEWAY_READ_SECRETS},
        Part{"GatewayRegistry/Get", "claim_authentication_code.secret.value",
             RIGHT_GATEWAY_READ_SECRETS},
        Part{"GatewayRegistry/Update", "lbs_lns_secret.value", RIGHT_GATEWAY_WRITE_SECRETS},
        Part{"GatewayRegistry/Update", "claim_authentication_code.valid_to",
             RIGHT_GATEWAY_WRITE_SECRETS}}) {
    const std::vector<std::string> paths = {part.path};
    const auto needed = needed_rights(part.method, paths);
    EXPECT_NE(std::ranges::find(needed, part.right), needed.end()) << part.method << part.path;
  }
  const std::vector<std::string> other = {"lbs_lns_secretive"};
  EXPECT_EQ(needed_rights("GatewayRegistry/Get", other), RightSet{RIGHT_GATEWAY_INFO});
}

/// Keys of a join-accept on its way are keys, also for who asks for all of a MAC state.
TEST(NeededRights, OfMacStatesAreThoseOfTheKeysInThem) {
  const RightSet with_keys{RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_READ_KEYS};
  for (const std::string path :
       {"mac_state", "pending_mac_state", "pending_mac_state.queued_join_accept"})
    EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Get", std::vector{path}), with_keys) << path;
  for (const std::string field : {"key", "encrypted_key"}) {
    for (const std::string state : {"mac_state", "pending_mac_state"}) {
      const std::vector path{state + ".queued_join_accept.keys.app_s_key." + field};
      EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Get", path), with_keys) << path[0];
      const auto reset = needed_rights("NsEndDeviceRegistry/ResetFactoryDefaults", path);
      EXPECT_NE(std::ranges::find(reset, RIGHT_APPLICATION_DEVICES_READ_KEYS), reset.end());
    }
  }
  const std::vector<std::string> parameters{"mac_state.current_parameters"};
  EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Get", parameters),
            RightSet{RIGHT_APPLICATION_DEVICES_READ});
  const std::vector<std::string> session_key{
      "pending_mac_state.queued_join_accept.keys.app_s_key.encrypted_key"};
  EXPECT_EQ(needed_rights("NsEndDeviceRegistry/Set", session_key),
            (RightSet{RIGHT_APPLICATION_DEVICES_WRITE, RIGHT_APPLICATION_DEVICES_WRITE_KEYS}));
}

/// A forgotten row closes a door; it does not open one.
TEST(NeededRights, OfAMethodThatNobodyWroteDownAreHeldByNobody) {
  const auto needed = needed_rights("ttn.lorawan.v3.Gs/Unheard", {});
  EXPECT_FALSE(needed.empty());
  EXPECT_FALSE(check_rights({storage::EntityKind::gateway, {"gtw-1"}}, needed,
                            {RIGHT_ALL, RIGHT_GATEWAY_ALL, RIGHT_APPLICATION_ALL}));
}

}  // namespace
}  // namespace ff::api
