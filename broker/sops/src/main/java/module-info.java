/** sops files and .sops.yaml in Java. */
module nixbroker.sops {
  requires transitive nixbroker.age;
  requires org.snakeyaml.engine.v2;

  exports nixbroker.sops;
}
