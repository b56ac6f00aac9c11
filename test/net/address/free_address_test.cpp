// Addresses that can be listened on, and those that can not.
#include "net/address/free_address.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/address/socket_address.hpp"

namespace ff::net {
namespace {

const auto any_port = Endpoint::v4({127, 0, 0, 1}, 0);

class FreeAddressTest : public ::testing::Test {
 protected:
  ~FreeAddressTest() override { release(); }
  Endpoint take(int type, bool reuse_port = false) {
    descriptor_ = bind_socket(any_port, type, reuse_port).descriptor;
    if (type == SOCK_STREAM) ::listen(descriptor_, 1);
    return local_endpoint(descriptor_);
  }
  void release() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_ = -1;
};

TEST_F(FreeAddressTest, IsFreeBeforeAndAfterSomebodyListens) {
  EXPECT_TRUE(check_free(any_port, Transport::tcp));
  const auto taken = take(SOCK_STREAM);
  const auto refused = check_free(taken, Transport::tcp);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "can not listen on `" + taken.to_string() + "`: Address already in use");
  EXPECT_TRUE(check_free(taken, Transport::udp)) << "ports of TCP and UDP are different ones";
  release();
  EXPECT_TRUE(check_free(taken, Transport::tcp));
}

TEST_F(FreeAddressTest, IsNotFreeWhereAnotherWouldShareItsDatagrams) {
  const auto shared = take(SOCK_DGRAM, true);
  EXPECT_FALSE(check_free(shared, Transport::udp));
}

TEST_F(FreeAddressTest, IsNotFreeWhereWeHaveNoSuchAddress) {
  EXPECT_FALSE(check_free(Endpoint::v4({192, 0, 2, 1}, 0), Transport::tcp));
}

}  // namespace
}  // namespace ff::net
