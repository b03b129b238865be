using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tessrax.Tests;

/// <summary>Calls whatever is public with null where the signature allows none.</summary>
internal static class NullArguments
{
    /// <summary>Tries the methods and constructors of a namespace, but for those of records that the compiler makes, and those that take spans.</summary>
    /// <returns>How many arguments are refused with an <see cref="ArgumentNullException"/> that names them, and which are not.</returns>
    public static (int Refused, IReadOnlyList<string> Taken) Try(string space)
    {
        var taken = new List<string>();
        int refused = 0;
        foreach (Type type in typeof(TessraxException).Assembly.GetExportedTypes().Where(t => t.Namespace == space))
        {
            bool isRecord = type.GetMethod("<Clone>$") is not null || type.IsValueType;
            const BindingFlags all =
                BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            IEnumerable<MethodBase> members = type.GetMethods(all)
                .Where(m => !m.IsSpecialName && !m.IsGenericMethod && m.Name is not ("Equals" or "Deconstruct"))
                .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)))
                .Concat<MethodBase>(isRecord ? [] : type.GetConstructors(all));
            foreach (
                MethodBase member in members.Where(m =>
                    !m.GetParameters().Any(p => p.ParameterType.IsByRefLike || p.ParameterType.IsByRef)
                )
            )
            {
                foreach (ParameterInfo parameter in member.GetParameters().Where(AllowsNoNull))
                {
                    if (Refuses(type, member, parameter))
                        refused++;
                    else
                        taken.Add($"{type.Name}.{member.Name}({parameter.Name})");
                }
            }
        }
        return (refused, taken);
    }

    private static bool AllowsNoNull(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType
        && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.NotNull;

    private static bool Refuses(Type type, MethodBase member, ParameterInfo parameter)
    {
        object?[] arguments = [.. member.GetParameters().Select(p => p == parameter ? null : Any(p.ParameterType))];
        try
        {
            object? result = member is ConstructorInfo made
                ? made.Invoke(arguments)
                : member.Invoke(member.IsStatic ? null : Any(type), arguments);
            if (result is IEnumerable sequence and not ICollection)
                sequence.GetEnumerator().MoveNext();
            return false;
        }
        catch (Exception e)
        {
            Exception inner = e is TargetInvocationException ? e.InnerException! : e;
            return inner is ArgumentNullException refused && refused.ParamName == parameter.Name;
        }
    }

    // Something of that type, however senseless: what is null is looked for before anything else.
    private static object? Any(Type type)
    {
        if (type == typeof(string))
            return "";
        if (type.IsArray)
            return Array.CreateInstance(type.GetElementType()!, 0);
        if (type.IsGenericType && type.IsInterface && type.GetGenericArguments() is [var item])
        {
            Array none = Array.CreateInstance(item, 0);
            if (type.IsInstanceOfType(none))
                return none;
        }
        return type.IsAbstract || typeof(Delegate).IsAssignableFrom(type)
            ? null
            : RuntimeHelpers.GetUninitializedObject(type);
    }
}
