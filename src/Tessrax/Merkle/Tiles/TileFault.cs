namespace Tessrax.Merkle;

/// <summary>What is wrong with a file of a static log, as an exception that names the file and the leaves concerned.</summary>
internal static class TileFault
{
    public static TessraxException Missing(TileId tile) =>
        Make(ErrorCodes.TileMissing, tile, $"{tile.Path} is not there: leaves {tile.Leaves} cannot be proven");

    public static TessraxException Broken(TileId tile, string why) =>
        Make(ErrorCodes.TileBroken, tile, $"{tile.Path} {why}: leaves {tile.Leaves} cannot be proven");

    public static TessraxException BrokenEdge(TileId tile, long size) =>
        Make(
            ErrorCodes.TileBroken,
            tile,
            $"{tile.Path} and the other tiles of the right edge do not give the signed root: leaves [0, {size}) cannot be proven"
        );

    public static TessraxException Entries(TileId bundle, LeafRange leaves, string why) =>
        Make(ErrorCodes.EntriesBroken, bundle, $"{bundle.Path} {why}: leaves {leaves}");

    private static TessraxException Make(ErrorCode code, TileId tile, string message) =>
        new(code, message) { Path = tile.Path };
}
