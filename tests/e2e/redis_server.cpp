#include "e2e/redis_server.h"

#include <csignal>
#include <stdexcept>

namespace bootcheck::test {

RedisServer::RedisServer() {
  server_ = std::make_unique<Background>(
      std::vector<std::string>{"redis-server", "--port", "0", "--unixsocket", socket(), "--save",
                               "", "--appendonly", "no", "--dir", folder_.path().native()});
  const auto answers = [this] { return run({"redis-cli", "-s", socket(), "ping"}).status == 0; };
  if (!wait_until([&] { return server_->has_ended() || answers(); }) || server_->has_ended())
    throw std::runtime_error("no redis: " + server_->out() + server_->err());
}

RedisServer::~RedisServer() {
  ::kill(server_->pid(), SIGTERM);
  server_->wait();
}

}  // namespace bootcheck::test
