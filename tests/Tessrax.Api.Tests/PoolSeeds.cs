using System.Reflection;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Tests;
using Tessrax.Tests.Fuzz;
using Tessrax.Tests.Ledger;
using Samples = Tessrax.Tests.Keys.Samples;

namespace Tessrax.Api.Tests;

/// <summary>What the pool holds before anything is called.</summary>
internal static class PoolSeeds
{
    public static void Fill(ValuePool pool, ApiScenes scenes)
    {
        foreach (Type type in ApiSurface.Packages.SelectMany(package => package.GetExportedTypes()))
            AddStatics(pool, type);
        foreach (byte[] seed in ApiSeeds.All)
            pool.Add(seed);
        SampleLedger ledger = FuzzSeeds.Ledger;
        pool.Add(ledger.Receipts);
        pool.Add(ledger.Checkpoints);
        pool.Add(ledger.Tree);
        pool.Add(ledger.Fold);
        pool.Add(SampleLedger.TrustIn(ledger.Id));
        pool.Add(SampleLedger.Genesis());
        pool.Add(FuzzSeeds.Request());
        pool.Add(FuzzSeeds.Approvals());
        pool.Add(Samples.Log);
        pool.Add(Samples.Checkpoint);
        foreach (string policy in (string[])["policy.json", "stricter.json"])
            pool.Add(Policy.Parse(File.ReadAllBytes(Path.Combine(Spec.Root, "samples", policy))));
        pool.Add(scenes.Home.Environment);
        pool.Add(scenes.Home.Trust);
        pool.Add(SystemDisk.Instance);
        pool.Add(Mnemonic.FromEntropy(new byte[32]));
        using LedgerView view = scenes.Home.View();
        pool.Add(view.Fold);
        using LedgerGlance glance = LedgerGlance.Open(scenes.Home.DirectoryPath, scenes.Home.Environment);
        pool.Add(glance.From(0).ToArray());
    }

    private static void AddStatics(ValuePool pool, Type type)
    {
        if (type.ContainsGenericParameters || type.IsEnum)
            return;
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (FieldInfo field in type.GetFields(Static))
            pool.Add(field.GetValue(null), field.Name);
        foreach (PropertyInfo property in type.GetProperties(Static).Where(one => !one.PropertyType.IsByRefLike))
            pool.Add(property.GetValue(null), property.Name);
    }
}
