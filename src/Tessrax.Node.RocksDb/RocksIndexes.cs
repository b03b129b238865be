using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>Makes the kind <c>rocksdb</c> known to a program: to be made by <c>--index rocksdb</c>, followed and searched like any other.</summary>
public static class RocksIndexes
{
    /// <summary>Adds the kind. Nothing is loaded before such an index is made or opened: then RocksDB's library must lie beside the program, or in a
    /// directory <c>rocksdb</c> in or beside the program's, or it is TSX3042.</summary>
    public static void Register() =>
        IndexStores.Add(
            RocksIndexStore.Kind,
            static environment => new RocksIndexStore(environment.Disk, environment.Clock)
        );
}
