// What methods need.
#include <gtest/gtest.h>

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

/// A forgotten row closes a door; it does not open one.
TEST(NeededRights, OfAMethodThatNobodyWroteDownAreHeldByNobody) {
  const auto needed = needed_rights("ttn.lorawan.v3.Gs/Unheard", {});
  EXPECT_FALSE(needed.empty());
  EXPECT_FALSE(check_rights({storage::EntityKind::gateway, {"gtw-1"}}, needed,
                            {RIGHT_ALL, RIGHT_GATEWAY_ALL, RIGHT_APPLICATION_ALL}));
}

}  // namespace
}  // namespace ff::api
