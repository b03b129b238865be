# For those who use Nix. Never evaluated by us: there was no Nix where this was written. `nix develop` gives a shell with what ./test.sh and eng/release.sh need.
{
  description = "Tessrax: a verifiable governance ledger";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { nixpkgs, ... }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages =
            [ pkgs.dotnet-sdk_10 pkgs.nodejs pkgs.git pkgs.clang pkgs.zlib pkgs.openssl pkgs.b3sum pkgs.zbar pkgs.zip pkgs.unzip ]
            ++ pkgs.lib.optionals pkgs.stdenv.isLinux [ pkgs.strace pkgs.libfaketime pkgs.buildah pkgs.dpkg pkgs.diffoscope pkgs.qemu-user ];
          # The native binary looks for its libraries where the system has them.
          LD_LIBRARY_PATH = pkgs.lib.makeLibraryPath [ pkgs.openssl pkgs.zlib ];
          DOTNET_ROOT = "${pkgs.dotnet-sdk_10}/share/dotnet";
          DOTNET_CLI_TELEMETRY_OPTOUT = "1";
        };
      });
    };
}
